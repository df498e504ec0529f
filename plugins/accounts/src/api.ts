/** All another plugin may see of the accounts: who somebody is. */
export { type Authenticator, authenticatorRef } from '@hearth/contract';
