/**
 * Flags of files (`chattr`).
 *
 * Packages of databases and chains ask before anything else that their folder be written in place (`chattr -R +C`), and
 * give up if that fails. Only Btrfs knows the flag; every other file system writes in place anyway and calls the wish an
 * error. So there the wish is answered as granted.
 */
import { readdirSync, statfsSync } from 'node:fs';

const btrfs = 0x9123683e;

/** @param volumes the folder they lie in, each perhaps a mount of its own */
export function knowsInPlace(volumes: string): boolean {
  return readdirSync(volumes).some((name) => statfsSync(`${volumes}/${name}`).type === btrfs);
}

/** Whether a call of `chattr` wishes nothing but that. */
export function wishesInPlace(args: readonly string[]): boolean {
  const wishes = args.filter((arg) => /^[+=-][a-zA-Z]+$/.test(arg) && !/^-[RVf]+$/.test(arg));
  return wishes.length > 0 && wishes.every((wish) => /^[+-]C$/.test(wish));
}
