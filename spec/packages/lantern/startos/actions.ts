import { request } from 'node:http';
import { sdk } from './sdk';
import { store } from './store';

const { InputSpec, Value } = sdk;

type Place = { packageId: string; interfaceId: string; hostId: string; internalPort: number };
type Given = Place & { ssl: boolean; public: boolean; hostname: string; port: number | null; info: unknown };

const about = (name: string) => async () =>
  ({ name, description: '', warning: null, allowedStatuses: 'any', group: null, visibility: 'hidden' }) as const;
const all = async () => (await store.read((s) => s.given).once()) ?? [];
const nameOf = ({ info }: Given): string => (info as { name: string }).name;

export const addAddress = sdk.Action.withInput(
  'add-address',
  about('Hang a lantern'),
  InputSpec.of({
    urlPluginMetadata: Value.hidden<Place>(),
    name: Value.text({ name: 'Name', description: 'The first part', required: true, default: null }),
  }),
  async () => null,
  async ({ effects, input: { urlPluginMetadata, name } }) => {
    const { packageId, hostId, internalPort } = urlPluginMetadata;
    await store.write(effects, { given: [...(await all()), { packageId, hostId, internalPort, name }] });
  },
);

export const renameAddress = sdk.Action.withInput(
  'rename-address',
  about('Rename the lantern'),
  InputSpec.of({
    urlPluginMetadata: Value.hidden<Given>(),
    name: Value.text({ name: 'Name', description: 'The first part', required: true, default: null }),
  }),
  async () => null,
  async ({ effects, input: { urlPluginMetadata, name } }) => {
    const given = (await all()).map((each) => (each.name === nameOf(urlPluginMetadata) ? { ...each, name } : each));
    await store.write(effects, { given });
  },
);

export const removeAddress = sdk.Action.withInput(
  'remove-address',
  about('Take the lantern down'),
  InputSpec.of({ urlPluginMetadata: Value.hidden<Given>() }),
  async () => null,
  async ({ effects, input: { urlPluginMetadata } }) => {
    await store.write(effects, { given: (await all()).filter(({ name }) => name !== nameOf(urlPluginMetadata)) });
  },
);

/** Whether the page can be had at the address the host tells of it. */
export const reach = sdk.Action.withInput(
  'reach',
  about('Look whether it burns'),
  InputSpec.of({ urlPluginMetadata: Value.hidden<Place>() }),
  async () => null,
  async ({ effects, input: { urlPluginMetadata } }) => {
    const { packageId, hostId, internalPort } = urlPluginMetadata;
    const address = await sdk.host.getBridgeAddress(effects, { packageId, hostId, internalPort }).once();
    const value = address === null ? 'no address' : await page(address);
    return {
      version: '1',
      title: 'Seen',
      message: null,
      result: { type: 'single', value, copyable: false, qr: false, masked: false },
    };
  },
);

function page(address: string): Promise<string> {
  const { hostname, port } = new URL(`http://${address.replace(/^\w+:\/\//, '')}`);
  return new Promise((resolve) => {
    const asking = request({ host: hostname, port, timeout: 2000 }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve(`${answer.statusCode} ${text.trim()}`));
    });
    asking.on('timeout', () => asking.destroy(new Error('nobody answers')));
    asking.on('error', (error) => resolve(error.message));
    asking.end();
  });
}

export const actions = sdk.Actions.of()
  .addAction(addAddress)
  .addAction(renameAddress)
  .addAction(removeAddress)
  .addAction(reach);
