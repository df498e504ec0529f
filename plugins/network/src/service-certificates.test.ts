import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Slice } from '@hearth/contract';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryJournal } from '../../../kernel/core/src/state/memory-journal.ts';
import { openStore } from '../../../kernel/core/src/state/store.ts';
import { silentLog } from '../../../spec/testbed/plugin.ts';
import { createAuthority, openAuthority } from './authority/authority.ts';
import { createServiceCertificates, type ServiceCertificates } from './service-certificates.ts';
import { initialSecret, type NetworkSecret, networkSecret } from './state.ts';

const authority = await openAuthority(await createAuthority('test', Date.now()));
const own: Record<string, string[]> = {
  syncthing: ['syncthing.startos', 'syncthing.family.local', '10.0.3.2'],
  other: ['other.startos'],
};
let secret: Slice<NetworkSecret>;
let now: number;
let certificates: ServiceCertificates;

beforeEach(async () => {
  const store = await openStore(new MemoryJournal(), { log: silentLog });
  secret = store.slice({ name: 'secret', schema: networkSecret, initial: initialSecret, private: true });
  now = Date.now();
  certificates = createServiceCertificates({
    secret,
    authority: () => authority,
    ownNames: (service) => new Set(own[service]),
    now: () => now,
  });
});

describe('a service', () => {
  test('gets a chain, and the key that goes with it, also when both are asked for at once', async () => {
    const names = ['syncthing.startos', '10.0.3.2'];
    const [chain, key] = await Promise.all([
      certificates.certificate('syncthing', names, 'ecdsa'),
      certificates.certificateKey('syncthing', names.toReversed(), 'ecdsa'),
    ]);
    const [leaf, intermediate, root] = chain.map((pem) => new X509Certificate(pem));
    expect(leaf?.checkIssued(intermediate!)).toBe(true);
    expect(intermediate?.checkIssued(root!)).toBe(true);
    expect(leaf?.checkHost('syncthing.startos')).toBe('syncthing.startos');
    expect(createPublicKey(createPrivateKey(key)).equals(leaf!.publicKey)).toBe(true);
    expect(await certificates.certificate('syncthing', names, 'ecdsa')).toEqual(chain);
  });

  test('gets Ed25519 when it asks for it', async () => {
    const [leaf = ''] = await certificates.certificate('syncthing', ['syncthing.startos'], 'ed25519');
    expect(new X509Certificate(leaf).publicKey.asymmetricKeyType).toBe('ed25519');
  });

  test.each([['other.startos'], ['localhost'], ['family.local'], ['bank.example'], ['10.0.3.3'], ['*.startos'], ['']])(
    'gets nothing for %j',
    async (name) => {
      for (const ask of [certificates.certificate, certificates.certificateKey]) {
        const asked = ask('syncthing', ['syncthing.startos', name], 'ecdsa');
        await expect(asked).rejects.toMatchObject({ code: 'network.unknownHostname', kind: 'NOT_FOUND' });
      }
      expect(secret.read().leaves).toEqual({});
    },
  );

  test('gets a new one when the old nears its end', async () => {
    const before = await certificates.certificate('syncthing', ['syncthing.startos'], 'ecdsa');
    now += 370 * 86_400_000;
    const after = await certificates.certificate('syncthing', ['syncthing.startos'], 'ecdsa');
    expect(after[0]).not.toBe(before[0]);
    expect(Object.keys(secret.read().leaves)).toHaveLength(1);
  });

  test('cannot fill the state', async () => {
    own['many'] = Array.from({ length: 70 }, (_, at) => `n${at}.startos`);
    const asked = own['many'].map((name) => certificates.certificate('many', [name], 'ecdsa'));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
    await expect(asked[69]).rejects.toMatchObject({ code: 'network.tooManyCertificates' });
    await certificates.forget('many');
    expect(secret.read().leaves).toEqual({});
  });
});
