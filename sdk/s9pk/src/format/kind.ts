/**
 * What an archive is of. The layout is the same; the first bytes and the context of the signature differ, so that nothing
 * signed as the one can ever be taken for the other.
 */
export interface ArchiveKind {
  /** The first three bytes: two that name the kind, then the version. */
  readonly magic: readonly [number, number, number];
  /** Of the Ed25519ph signature. */
  readonly context: string;
}

/** A package of a service: S9PK version 2. */
export const packageKind: ArchiveKind = { magic: [0x3b, 0x3b, 0x02], context: 's9pk' };
/** A confined plugin: `;H` and 1. */
export const pluginKind: ArchiveKind = { magic: [0x3b, 0x48, 0x01], context: 'hearth-plugin' };
