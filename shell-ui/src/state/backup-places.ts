/** How a place for backups reads. Pure. */
import type { BackupKind, BackupTarget } from './slices.ts';

export interface PlaceWords {
  /** Where it is. */
  readonly where: string;
  /** Why it cannot be used now, in words that go after "because". */
  readonly unavailable: string | null;
}

export function placeWords(
  { kind, path, settings = {} }: BackupTarget,
  kinds: Readonly<Record<string, BackupKind>> = {},
): PlaceWords {
  if (path !== undefined) return { where: path, unavailable: null };
  const found = kinds[kind];
  const first = Object.values(settings).find((value) => typeof value === 'string' && value !== '');
  const name = found?.name ?? kind;
  return {
    where: typeof first === 'string' ? `${name}: ${first}` : name,
    unavailable: found === undefined ? 'no plugin brings it' : found.unavailable,
  };
}
