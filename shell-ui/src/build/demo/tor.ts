/** A service of the made-up household that gives addresses to the others. */
import type { ServiceRow } from '@hearth/contract';
import type { Address } from '../../state/slices.ts';
import { makeRow, running } from './row.ts';

const day = 86_400_000;
const onion = 'hearth7exampleq2onionaddressofsyncthingaaaaaaaaaaaaaaaaad.onion';

export function tor(now: number): ServiceRow {
  const action = (name: string, description: string, hasInput: boolean): ServiceRow['actions'][string] => ({
    ...{ name, description, hasInput, warning: null, visibility: 'hidden', allowedStatuses: 'any', group: null },
  });
  const row = makeRow(
    {
      id: 'tor',
      title: 'Tor',
      version: '0.4.9:0',
      short: 'Onion addresses for your services.',
      long: 'People reach your services from anywhere, without a name or an open port.',
      index: 11,
      status: running(now, 3 * day),
      actions: {
        'add-onion-address': action('Add an onion address', 'Reaches this interface through Tor.', false),
        'remove-onion-address': action('Remove the onion address', 'It leads nowhere afterwards.', false),
      },
      lastBackup: now - day / 2,
    },
    now,
  );
  return { ...row, plugin: { url: { tableAction: 'add-onion-address' } } };
}

/** As the network tells it. */
export const onionOfSyncthing: Address = {
  url: `http://${onion}`,
  kind: 'plugin',
  given: {
    service: 'tor',
    actions: { remove: 'remove-onion-address', more: [] },
    metadata: {
      ...{ packageId: 'syncthing', interfaceId: 'ui', hostId: 'ui', internalPort: 8000 },
      ...{ ssl: false, public: true, hostname: onion, port: 80, info: null },
    },
  },
};
