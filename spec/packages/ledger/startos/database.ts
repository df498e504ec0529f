/** Entries in PostgreSQL: its files are never copied, a dump of them is. */
import { sdk } from './sdk';

const home = '/var/lib/postgresql';
const data = `${home}/data`;
/** Anew for each call: the SDK takes the user out of what it is given. */
const as = () => ({ user: 'postgres' });
const mounts = () =>
  sdk.Mounts.of().mountVolume({ volumeId: 'main', subpath: null, mountpoint: home, readonly: false });

async function onServer<T>(
  effects: any,
  before: (sub: any) => Promise<void>,
  work: (sub: any) => Promise<T>,
): Promise<T> {
  return sdk.SubContainer.withTemp(effects, { imageId: 'main' }, mounts(), 'server', async (sub: any) => {
    await sub.execFail(['sh', '-c', `mkdir -p /run/postgresql && chown -R postgres:postgres /run/postgresql ${home}`]);
    await before(sub);
    await sub.execFail(['pg_ctl', 'start', '-w', '-D', data, '-o', '-c listen_addresses='], as());
    try {
      return await work(sub);
    } finally {
      await sub.execFail(['pg_ctl', 'stop', '-w', '-D', data], as());
    }
  });
}

const statement = async (sub: any, text: string): Promise<string> =>
  String((await sub.execFail(['psql', '-U', 'ledger', '-d', 'ledger', '-At', '-c', text], as())).stdout);

export const create = (effects: any, statements: string[]) =>
  onServer(
    effects,
    (sub) => sub.execFail(['initdb', '-D', data, '-U', 'ledger', '--auth=trust'], as()),
    async (sub) => {
      await sub.execFail(['createdb', '-U', 'ledger', 'ledger'], as());
      for (const text of statements) await statement(sub, text);
    },
  );

export const ask = (effects: any, text: string): Promise<string[]> =>
  onServer(
    effects,
    async () => {},
    async (sub) => (await statement(sub, text)).trim().split('\n'),
  );

export const backups = async () =>
  sdk.Backups.withPgDump({
    imageId: 'main',
    dbVolume: 'main',
    mountpoint: home,
    pgdataPath: '/data',
    database: 'ledger',
    user: 'ledger',
    password: async () => 'another-one',
    initdbArgs: ['--auth=trust'],
    pgOptions: '-c fsync=off',
  }).addVolume('notes');
