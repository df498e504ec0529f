/** Which version is installed, from where, and whether it may be. */
import type { ServiceRow } from '@hearth/contract';
import { compareVersions, orderVersions, parseVersion } from '@hearth/exver';
import { fromHex, verifyCommitment } from '@hearth/s9pk';
import { errors } from './errors.ts';
import type { Offer, OfferedVersion } from './offer.ts';
import type { Shelf } from './registries.ts';
import type { RegistryArchive } from './registry-index.ts';

export interface Candidate {
  readonly registry: string;
  readonly offer: Offer;
  readonly offered: OfferedVersion;
}

export interface Wish {
  readonly id: string;
  readonly version?: string | undefined;
  readonly registry?: string | undefined;
}

/** The version asked for, or the newest: of the flavor that is installed, if one is, else without flavor first. */
export function choose(shelves: readonly Shelf[], wish: Wish, installed: ServiceRow | null): Candidate {
  const flavor = installed === null ? null : parseVersion(installed.manifest.version).flavor;
  const [best] = candidates(shelves, wish)
    .filter(({ offered }) => wish.version === undefined || compareVersions(offered.version, wish.version) === 'equal')
    .sort(
      (a, b) => preference(b, flavor) - preference(a, flavor) || orderVersions(b.offered.version, a.offered.version),
    );
  if (best === undefined) {
    throw errors.notFound({ id: wish.id, version: wish.version === undefined ? '' : ` ${wish.version}` });
  }
  return best;
}

const preference = ({ offered }: Candidate, flavor: string | null): number =>
  Number(parseVersion(offered.version).flavor === flavor);

export function candidates(shelves: readonly Shelf[], { id, registry }: Wish): Candidate[] {
  return shelves
    .filter((shelf) => registry === undefined || shelf.registry.url === registry)
    .flatMap((shelf) =>
      shelf.offers
        .filter((offer) => offer.id === id)
        .flatMap((offer) => offer.versions.map((offered) => ({ registry: shelf.registry.url, offer, offered }))),
    );
}

/** The newest version of the installed flavor that is newer than what is installed; from its own registry only. */
export function updateFor(shelves: readonly Shelf[], row: ServiceRow): Candidate | null {
  const { registry } = row.package;
  if (registry === null) return null;
  const [newest] = candidates(shelves, { id: row.id, registry })
    .filter(({ offered }) => compareVersions(offered.version, row.manifest.version) === 'greater')
    .sort((a, b) => orderVersions(b.offered.version, a.offered.version));
  return newest ?? null;
}

/** The archive for this machine: the one made for the fewest architectures. Every signature on it must be right. */
export function archiveFor({ registry, offer, offered }: Candidate, architecture: string): RegistryArchive {
  const archives = offered.origin.kind === 'archive' ? offered.origin.archives : [];
  const [archive] = archives
    .filter(({ arch }) => arch.includes(architecture))
    .sort((a, b) => a.arch.length - b.arch.length);
  const { version } = offered;
  if (archive === undefined) throw errors.wrongArchitecture({ id: offer.id, version, architecture });
  if (!signaturesHold(archive)) throw errors.signatureWrong({ id: offer.id, version, registry });
  return archive;
}

export function signaturesHold({ commitment, signatures }: RegistryArchive): boolean {
  const entries = Object.entries(signatures);
  return (
    entries.length > 0 &&
    entries.every(([key, signature]) => {
      const [publicKey, bytes] = [fromHex(key), fromHex(signature)];
      return publicKey !== null && bytes !== null && verifyCommitment(publicKey, commitment, bytes);
    })
  );
}

/**
 * Pinned at the first installation: an update that the known key has not signed is refused, unless the owner accepts
 * the new one by name.
 */
export function refuseNewSigner(
  id: string,
  installed: ServiceRow | null,
  signers: readonly string[],
  accepted: string | undefined,
): void {
  if (installed === null || signers.includes(installed.package.signer)) return;
  if (accepted !== undefined && signers.includes(accepted)) return;
  throw errors.signerChanged({ id, installed: installed.package.signer, offered: signers });
}
