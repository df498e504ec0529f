import { Scanner } from './scanner.ts';
import { type PlainVersion, type Version, version } from './version.ts';

/** Reads `[#flavor:]upstream:downstream`; every character must belong to it. */
export function parseVersion(text: string): Version {
  const scanner = new Scanner(text, 'version');
  let flavor: string | null = null;
  if (scanner.take('#')) {
    flavor = scanner.flavor();
    scanner.expect(':');
  }
  const upstream = scanner.plain();
  scanner.expect(':');
  const downstream = scanner.plain();
  scanner.expectEnd();
  return version(upstream, downstream, flavor);
}

/** Reads a version without flavor and revision: `osVersion` and `sdkVersion` of a manifest. */
export function parsePlainVersion(text: string): PlainVersion {
  const scanner = new Scanner(text, 'version');
  const plain = scanner.plain();
  scanner.expectEnd();
  return plain;
}
