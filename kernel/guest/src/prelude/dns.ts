/** `dns`: names as the container's own name server knows them. */
import { ask } from './host.ts';
import { refusing } from './refused.ts';

type Options = { family?: number | string; all?: boolean } | number;
interface Found {
  readonly address: unknown;
  readonly family: number | undefined;
}
type Done = (error: unknown, ...values: unknown[]) => void;

async function find(name: string, options: Options = {}): Promise<Found> {
  const { family = 0, all = false } = typeof options === 'number' ? { family: options } : options;
  return (await ask('dns.lookup', [name, Number(String(family).replace('IPv', '')), all])) as Found;
}

function lookup(name: string, options: Options | Done, done?: Done): void {
  const tell = typeof options === 'function' ? options : done;
  find(name, typeof options === 'function' ? {} : options).then(
    ({ address, family }) => (Array.isArray(address) ? tell?.(null, address) : tell?.(null, address, family)),
    (error: unknown) => tell?.(error),
  );
}

const resolve = (name: string, type = 'A'): Promise<unknown> => ask('dns.resolve', [name, type]);
const kinds: Record<string, string> = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveAny: 'ANY',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTlsa: 'TLSA',
  resolveTxt: 'TXT',
};

const questions = {
  resolve,
  reverse: (address: string) => ask('dns.reverse', [address]),
  ...Object.fromEntries(Object.entries(kinds).map(([name, type]) => [name, (asked: string) => resolve(asked, type)])),
};

const called =
  (run: (...args: never[]) => Promise<unknown>) =>
  (...args: unknown[]): void => {
    const done = args.pop() as Done;
    run(...(args as never[])).then(
      (value) => done(null, value),
      (error: unknown) => done(error),
    );
  };
const byCallback = Object.fromEntries(Object.entries(questions).map(([name, run]) => [name, called(run)]));

/** Which name server is asked is the container's to say. */
const settings = {
  getServers: () => [] as string[],
  setServers: () => undefined,
  getDefaultResultOrder: () => 'verbatim',
  setDefaultResultOrder: () => undefined,
};

class Resolver {
  cancel(): void {
    // What was asked is answered.
  }
}
Object.assign(Resolver.prototype, byCallback, settings);
class PromiseResolver {
  cancel(): void {
    // What was asked is answered.
  }
}
Object.assign(PromiseResolver.prototype, questions, settings);

const codes = Object.fromEntries(
  'NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED CANCELLED'
    .split(' ')
    .map((name) => [name, name === 'EOF' ? 'EOF' : `E${name}`]),
);

export const dns = {
  lookup,
  ...byCallback,
  ...settings,
  ...codes,
  ADDRCONFIG: 32,
  V4MAPPED: 8,
  ALL: 16,
  Resolver,
  lookupService: refusing('dns.lookupService'),
  promises: {
    lookup: async (name: string, options?: Options) => {
      const { address, family } = await find(name, options);
      return Array.isArray(address) ? (address as unknown[]) : { address, family };
    },
    lookupService: refusing('dns.lookupService'),
    ...questions,
    ...settings,
    ...codes,
    Resolver: PromiseResolver,
  },
};
