/** What a package's script has no use for, or no right to: it is there to be looked at, and says so when it is used. */
type Refusal = (...args: unknown[]) => never;

/** @param name as an author writes it: `crypto.createECDH` */
export function refusing(name: string): Refusal {
  return function refused(): never {
    throw Object.assign(new Error(`${name} is not provided to package scripts`), { code: 'ENOSYS' });
  };
}

/** Every name of a list, as members of a module. */
export function refusingAll(module: string, names: string): Record<string, Refusal> {
  return Object.fromEntries(names.split(' ').map((name) => [name, refusing(`${module}.${name}`)]));
}

/** A whole module: reading a member is harmless, using one says what is missing. */
export function absentModule(module: string): unknown {
  return new Proxy(
    {},
    {
      get: (_target, member) =>
        typeof member === 'string' && member !== '__esModule' && member !== 'then'
          ? refusing(`${module}.${member}`)
          : undefined,
    },
  );
}
