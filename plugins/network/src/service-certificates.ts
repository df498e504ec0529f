/**
 * Certificates for services that end TLS themselves.
 *
 * A service gets them for its own names only. A certificate for another's name, or for Hearth's own page, would let it
 * pose as that.
 */
import { createHash } from 'node:crypto';
import type { Network, Slice } from '@hearth/contract';
import type { Authority } from './authority/authority.ts';
import type { KeyAlgorithm } from './authority/keys.ts';
import { isGood, issueLeaf } from './authority/leaf.ts';
import { errors } from './errors.ts';
import type { KeptLeaf, NetworkSecret } from './state.ts';

export type ServiceCertificates = Pick<Network, 'certificate' | 'certificateKey'> & {
  /** Drops what a removed service held. */
  forget(service: string): Promise<void>;
};

export interface ServiceCertificatesParts {
  readonly secret: Slice<NetworkSecret>;
  readonly authority: () => Authority;
  /** What a service may call itself, lower case. */
  readonly ownNames: (service: string) => ReadonlySet<string>;
  readonly now: () => number;
}

/** Sets of names a service may hold certificates for. */
const limit = 64;

export function createServiceCertificates(parts: ServiceCertificatesParts): ServiceCertificates {
  const { secret, authority, ownNames, now } = parts;
  const making = new Map<string, Promise<KeptLeaf>>();

  async function leafFor(service: string, asked: readonly string[], algorithm: KeyAlgorithm): Promise<KeptLeaf> {
    const hostnames = [...new Set(asked.map((name) => name.toLowerCase()))].toSorted();
    const own = ownNames(service);
    const foreign = hostnames.find((name) => !own.has(name));
    if (foreign !== undefined || hostnames.length === 0) throw errors.unknownHostname({ hostname: foreign ?? '' });
    const id = createHash('sha256')
      .update(JSON.stringify([service, algorithm, hostnames]))
      .digest('hex');
    const kept = secret.read().leaves[id];
    if (kept !== undefined && (await isGood(authority(), kept.certificate, now()))) return kept;
    // Certificate and key are asked for one after the other or at once: both must be of the same pair.
    const running = making.get(id) ?? make(id, service, hostnames, algorithm).finally(() => making.delete(id));
    making.set(id, running);
    return running;
  }

  async function make(
    id: string,
    service: string,
    hostnames: readonly string[],
    algorithm: KeyAlgorithm,
  ): Promise<KeptLeaf> {
    const issued = await issueLeaf(authority(), hostnames, algorithm, now());
    const leaf = { service, hostnames: [...hostnames], algorithm, ...issued };
    await secret.commit('network.certificate', (draft) => {
      const held = Object.values(draft.leaves).filter((other) => other.service === service).length;
      if (held >= limit && draft.leaves[id] === undefined) throw errors.tooManyCertificates({ service, limit });
      draft.leaves[id] = leaf;
    });
    return leaf;
  }

  return {
    async certificate(service, hostnames, algorithm) {
      const { certificate } = await leafFor(service, hostnames, algorithm);
      return [certificate, authority().intermediate.toString('pem'), authority().root.toString('pem')];
    },

    async certificateKey(service, hostnames, algorithm) {
      return (await leafFor(service, hostnames, algorithm)).key;
    },

    async forget(service) {
      if (!Object.values(secret.read().leaves).some((leaf) => leaf.service === service)) return;
      await secret.commit('network.forget', (draft) => {
        for (const [id, leaf] of Object.entries(draft.leaves)) if (leaf.service === service) delete draft.leaves[id];
      });
    },
  };
}
