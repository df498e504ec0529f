import { ask } from './host.ts';

type Options = { family?: number; all?: boolean } | number;
interface Found {
  readonly address: unknown;
  readonly family: number | undefined;
}
type Done = (error: unknown, address?: unknown, family?: unknown) => void;

async function find(name: string, options: Options = {}): Promise<Found> {
  const { family = 0, all = false } = typeof options === 'number' ? { family: options } : options;
  return (await ask('dns.lookup', [name, family, all])) as Found;
}

function lookup(name: string, options: Options | Done, done?: Done): void {
  const tell = typeof options === 'function' ? options : done;
  find(name, typeof options === 'function' ? {} : options).then(
    ({ address, family }) => tell?.(null, address, family),
    (error: unknown) => tell?.(error),
  );
}

const addresses = (family: number) => async (name: string) =>
  ((await find(name, { family, all: true })).address as { address: string }[]).map(({ address }) => address);

export const dns = {
  lookup,
  promises: {
    lookup: async (name: string, options?: Options) => {
      const { address, family } = await find(name, options);
      return Array.isArray(address) ? (address as unknown[]) : { address, family };
    },
    resolve4: addresses(4),
    resolve6: addresses(6),
  },
};
