/** The accounts as others see them: through the authenticator the kernel asks. */
export { authenticatorRef } from '@hearth/contract';
