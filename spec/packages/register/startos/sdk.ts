import { entriesSdk } from '../../entries';

export const made = entriesSdk('register', 'Register', 'MariaDB');
export const { sdk } = made;
