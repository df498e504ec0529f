/** Users of an image: `user`, `uid`, `user:group`, `uid:gid`, as its own passwd and group files know them. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
  readonly name: string;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}
interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const isNumber = (text: string): boolean => /^\d{1,9}$/.test(text);

function accounts(passwd: string): Account[] {
  return passwd.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':');
    return isNumber(uid) && isNumber(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home: home || '/' }] : [];
  });
}

/** The shell of root, where the image's `/etc/passwd` names one that opens. */
export function shellOf(passwd: string | null): string {
  const line = (passwd ?? '').split('\n').find((row) => row.split(':')[2] === '0');
  const shell = line?.split(':')[6]?.trim() ?? '';
  return shell.startsWith('/') && !/(nologin|false)$/.test(shell) ? shell : '/bin/sh';
}

function groups(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , gid = '', members = ''] = line.split(':');
    return isNumber(gid) ? [{ name, gid: Number(gid), members: members.split(',').filter((one) => one !== '') }] : [];
  });
}

function findAccount(who: string, known: readonly Account[]): Account | null {
  const found = known.find((one) => (isNumber(who) ? one.uid === Number(who) : one.name === who));
  if (found !== undefined) return found;
  if (isNumber(who)) return { name: who, uid: Number(who), gid: 0, home: '/' };
  return who === 'root' || who === '' ? { name: 'root', uid: 0, gid: 0, home: '/root' } : null;
}

function groupId(which: string, known: readonly Group[]): number | null {
  return isNumber(which) ? Number(which) : (known.find((one) => one.name === which)?.gid ?? null);
}

/**
 * @param passwd text of the image's `/etc/passwd`, null where it has none (numbers and root still work)
 * @returns null for a name the image does not know
 */
export function findUser(wanted: string, passwd: string | null, group: string | null): User | null {
  const [who = '', which] = wanted.split(':', 2);
  const all = groups(group ?? '');
  const account = findAccount(who, accounts(passwd ?? ''));
  if (account === null) return null;
  const gid = which === undefined || which === '' ? account.gid : groupId(which, all);
  if (gid === null) return null;
  const extra =
    which === undefined ? all.filter((one) => one.members.includes(account.name)).map((one) => one.gid) : [];
  return { uid: account.uid, gid, groups: extra.filter((one) => one !== gid), home: account.home, name: account.name };
}
