/** Entries in MariaDB: its files are never copied, a dump of them is. */
import { sdk } from './sdk';

const home = '/var/lib/mysql';
const password = 'kept-in-the-script';
const options = ['--socket=/run/mysqld/mysqld.sock', '--pid-file=/run/mysqld/mysqld.pid'];
const mounts = () =>
  sdk.Mounts.of().mountVolume({ volumeId: 'main', subpath: null, mountpoint: home, readonly: false });

async function onServer<T>(
  effects: any,
  before: (sub: any) => Promise<void>,
  work: (sub: any) => Promise<T>,
): Promise<T> {
  return sdk.SubContainer.withTemp(effects, { imageId: 'main' }, mounts(), 'server', async (sub: any) => {
    await sub.execFail(['sh', '-c', `mkdir -p /run/mysqld && chown -R mysql:mysql /run/mysqld ${home}`]);
    await before(sub);
    const ended = sub.exec(['mysqld', '--user=mysql', `--datadir=${home}`, '--skip-networking', ...options], {}, null);
    while ((await sub.exec(['mysqladmin', 'ping', '--silent'])).exitCode !== 0)
      await new Promise((resolve) => setTimeout(resolve, 200));
    try {
      return await work(sub);
    } finally {
      // A user may have no right to end it.
      await sub.execFail(['sh', '-c', 'kill $(cat /run/mysqld/mysqld.pid)']);
      await ended;
    }
  });
}

const login = ['mysql', '-u', 'register', `-p${password}`, '-N', '-B', 'register', '-e'];

export const create = (effects: any, statements: string[]) =>
  onServer(
    effects,
    (sub) => sub.execFail(['mysql_install_db', '--user=mysql', `--datadir=${home}`]),
    async (sub) => {
      const grants = `create database register; create user 'register'@'localhost' identified by '${password}'; grant all on register.* to 'register'@'localhost';`;
      await sub.execFail(['mysql', '-u', 'root', '-e', grants]);
      for (const text of statements) await sub.execFail([...login, text]);
    },
  );

export const ask = (effects: any, text: string): Promise<string[]> =>
  onServer(
    effects,
    async () => {},
    async (sub) =>
      String((await sub.execFail([...login, text])).stdout)
        .trim()
        .split('\n'),
  );

export const backups = async () =>
  sdk.Backups.withMysqlDump({
    imageId: 'main',
    dbVolume: 'main',
    datadir: home,
    database: 'register',
    user: 'register',
    password,
    engine: 'mariadb',
    mysqldOptions: options,
  }).addVolume('notes');
