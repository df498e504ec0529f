import { entriesSdk } from '../../entries';

export const made = entriesSdk('ledger', 'Ledger', 'PostgreSQL');
export const { sdk } = made;
