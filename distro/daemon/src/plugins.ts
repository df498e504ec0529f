/** The plugins that ship: a product decision, made here and nowhere else. */
import type { AnyPlugin } from '@hearth/contract';
import { accountsPlugin } from '@hearth/plugin-accounts';
import { backupPlugin } from '@hearth/plugin-backup';
import { healthPlugin } from '@hearth/plugin-health';
import { marketplacePlugin } from '@hearth/plugin-marketplace';
import { networkPlugin } from '@hearth/plugin-network';
import { notificationsPlugin } from '@hearth/plugin-notifications';

export const plugins: readonly AnyPlugin[] = [
  accountsPlugin,
  networkPlugin,
  notificationsPlugin,
  healthPlugin,
  marketplacePlugin,
  backupPlugin,
];
