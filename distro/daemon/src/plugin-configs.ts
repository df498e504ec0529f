/** The configuration branches of the plugins that ship, without the plugins: the launcher starts faster so. */
import type { ConfigSources } from '@hearth/kernel/config';
import { accountsConfig } from '@hearth/plugin-accounts/config';
import { backupConfig } from '@hearth/plugin-backup/config';
import { healthConfig } from '@hearth/plugin-health/config';
import { marketplaceConfig } from '@hearth/plugin-marketplace/config';
import { networkConfig } from '@hearth/plugin-network/config';
import { notificationsConfig } from '@hearth/plugin-notifications/config';

/** As `plugins` has them; a test holds the two together. */
export const pluginConfigs: NonNullable<ConfigSources['plugins']> = [
  { id: 'accounts', config: accountsConfig },
  { id: 'network', config: networkConfig },
  { id: 'notifications', config: notificationsConfig },
  { id: 'health', config: healthConfig },
  { id: 'marketplace', config: marketplaceConfig },
  { id: 'backup', config: backupConfig },
];
