/** Addresses that a confined plugin gives to services: as far as it was granted, and for as long as it says. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createVerbs, type VerbParts } from '../confined/verbs.ts';
import { House } from './testing/house.ts';
import { Shelf } from './testing/shelf.ts';

jest.setTimeout(60_000);

let house: House;
let shelf: Shelf;
beforeEach(async () => {
  house = await House.build();
  shelf = await Shelf.open(house);
  const blog = await shelf.put('blog');
  await blog.call('bind', { id: 'web', internalPort: 80, preferredExternalPort: 8080, secure: null, addSsl: null });
  const addressInfo = { username: null, hostId: 'web', internalPort: 80, scheme: 'http', sslScheme: null, suffix: '' };
  const face = { id: 'ui', name: 'Page', description: '', masked: false, type: 'ui', addressInfo };
  await blog.call('export-service-interface', face);
});
afterEach(() => house.demolish());

const reason = 'It gives names in the mesh.';
const give = (services: 'all' | string[], ...names: string[]) => {
  const parts = { plugin: 'mesh', manifest: {}, services: shelf.kernel.services } as unknown as VerbParts;
  const verbs = createVerbs(parts);
  const addresses = names.map((hostname) => ({
    ...{ id: 'blog', interface: 'ui', hostname, port: null, encrypted: true, public: false },
  }));
  return verbs['services.giveAddresses']({ addresses }, { capability: 'services.give-addresses', services, reason });
};
const given = () =>
  (shelf.kernel.services.read('blog')?.hosts['web']?.bindings['80']?.addresses.available ?? []).map(
    ({ hostname, metadata }) => [hostname, metadata['packageId'], metadata['confined'] === true],
  );

test('stand beside those of packages, even of one of the same name, and are replaced as a whole', async () => {
  const mesh = await shelf.put('mesh', {}, { plugins: ['url-v0'] });
  const info = { packageId: 'blog', hostId: 'web', internalPort: 80, ssl: false, public: true, port: 80 };
  const exported = { hostnameInfo: { ...info, hostname: 'blog.package' }, removeAction: null, overflowActions: [] };
  await mesh.call('plugin.url.export-url', exported);
  await give('all', 'one.mesh', 'two.mesh');
  expect(given()).toEqual([
    ['blog.package', 'mesh', false],
    ['one.mesh', 'mesh', true],
    ['two.mesh', 'mesh', true],
  ]);
  await mesh.call('plugin.url.clear-urls', { except: [] });
  await give(['blog'], 'two.mesh', 'three.mesh');
  expect(given().map(([name]) => name)).toEqual(['two.mesh', 'three.mesh']);
  await give('all');
  expect(given()).toEqual([]);
});

test('only to what was granted, and only to an interface that is there', async () => {
  await expect(give(['syncthing'], 'one.mesh')).rejects.toMatchObject({ code: 'plugin.notCovered' });
  const { job } = await shelf.kernel.services.uninstall('blog', { keepData: false, force: false });
  await shelf.kernel.jobs.wait(job);
  await expect(give('all', 'one.mesh')).rejects.toMatchObject({ code: 'plugin.notThere' });
});
