import { accountFailures } from './failures/accounts.ts';
import { archiveFailures } from './failures/archives.ts';
import { backupFailures } from './failures/backups.ts';
import { linkFailures } from './failures/link.ts';
import { marketFailures } from './failures/market.ts';
import { pluginFailures } from './failures/plugins.ts';
import { rescueFailures } from './failures/rescue.ts';
import { serviceFailures } from './failures/services.ts';
import { systemFailures } from './failures/system.ts';

export interface FailureWords {
  readonly text: string;
  /** What to do. */
  readonly more?: string;
}
export type FailureTable = Readonly<Record<string, FailureWords>>;

/** Read at the time of showing, so that a change of language shows at once. */
export function failureTable(): FailureTable {
  return {
    ...linkFailures(),
    ...accountFailures(),
    ...serviceFailures(),
    ...archiveFailures(),
    ...marketFailures(),
    ...backupFailures(),
    ...systemFailures(),
    ...rescueFailures(),
    ...pluginFailures(),
  };
}
