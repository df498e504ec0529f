/**
 * A Tor network of its own, in a network namespace: authorities, relays, and a client to come in by. Debian's own `tor`
 * in its testing mode, so that a vote takes seconds; nothing leaves the machine.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const authorities = [0, 1, 2];
const relays = [0, 1, 2];
/** Another one for every process, out of the range kept for measuring networks. */
const net = `198.18.${process.pid % 256}`;
const inside = `${net}.2`;
const outside = `${net}.1`;
const nameOf = (pid: number | string) => `httor${pid}`;
const name = nameOf(process.pid);

export interface PrivateNetwork {
  /** What a Tor of this network has in its configuration. */
  readonly settings: string;
  /** What stands at a URL, fetched by the client; null while nobody answers. */
  fetch(url: string): string | null;
  close(): Promise<void>;
}

export function makePrivateNetwork(): PrivateNetwork {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-tor-'));
  chmodSync(folder, 0o700);
  const running: ChildProcess[] = [];
  const clear = () => {
    rmSync(folder, { recursive: true, force: true });
    closeNamespace(name);
  };
  sweep();
  try {
    openNamespace();
    const lines = authorities.map((number) => makeAuthority(join(folder, `authority${number}`), number));
    const testing = ['TestingTorNetwork 1', 'AssumeReachable 1', 'PathsNeededToBuildCircuits 0.25'];
    const settings = [...testing, ...lines].join('\n');
    // Each ends by itself when the test is killed.
    const ours = [settings, `__OwningControllerProcess ${process.pid}`];
    const start = (part: string, more: readonly string[]): void => {
      const data = join(folder, part);
      mkdirSync(data, { recursive: true, mode: 0o700 });
      const text = [...ours, `DataDirectory ${data}`, `Log notice file ${data}/log`, ...more, ''].join('\n');
      writeFileSync(join(data, 'torrc'), text);
      running.push(spawn('ip', ['netns', 'exec', name, ...torOf(data)], { stdio: 'ignore' }));
    };
    for (const number of authorities) start(`authority${number}`, authorityLines(number));
    for (const number of relays) start(`relay${number}`, relayLines('relay', number));
    start('client', [`SocksPort ${inside}:9050`]);
    return {
      settings,
      fetch(url) {
        const proxy = ['--socks5-hostname', `${inside}:9050`];
        try {
          return execFileSync('curl', ['-s', '-L', '-m', '20', ...proxy, url], { encoding: 'utf8' });
        } catch {
          return null;
        }
      },
      async close() {
        const ended = running.map((child) => new Promise((done) => child.once('exit', done)));
        for (const child of running) child.kill('SIGKILL');
        await Promise.all(ended);
        clear();
      },
    };
  } catch (error) {
    for (const child of running) child.kill('SIGKILL');
    clear();
    throw error;
  }
}

const torOf = (data: string): string[] => ['tor', '-f', join(data, 'torrc'), '--defaults-torrc', '/dev/null'];

/** A pair of ends: services reach the network through this machine, as they reach the internet. */
function openNamespace(): void {
  const ip = (...argv: string[]) => execFileSync('ip', argv);
  ip('netns', 'add', name);
  ip('link', 'add', `${name}o`, 'type', 'veth', 'peer', 'name', `${name}i`, 'netns', name);
  ip('addr', 'add', `${outside}/30`, 'dev', `${name}o`);
  ip('link', 'set', `${name}o`, 'up');
  ip('-n', name, 'addr', 'add', `${inside}/30`, 'dev', `${name}i`);
  for (const link of ['lo', `${name}i`]) ip('-n', name, 'link', 'set', link, 'up');
  ip('-n', name, 'route', 'add', 'default', 'via', outside);
}

const common = (kind: string, number: number, port: number): string[] => [
  `Nickname ${kind}${number}`,
  `Address ${inside}`,
  `ORPort ${inside}:${port}`,
  'SocksPort 0',
  'ContactInfo nobody@example.com',
  'ExitPolicy reject *:*',
];
const relayLines = (kind: string, number: number): string[] => common(kind, number, 5100 + number);
const authorityLines = (number: number): string[] => [
  ...common('authority', number, 5000 + number),
  `DirPort ${inside}:${7000 + number}`,
  'AuthoritativeDirectory 1',
  'V3AuthoritativeDirectory 1',
  ...['V3AuthVotingInterval 10', 'TestingV3AuthInitialVotingInterval 10'],
  ...['V3AuthVoteDelay 2', 'TestingV3AuthInitialVoteDelay 2', 'V3AuthDistDelay 2', 'TestingV3AuthInitialDistDelay 2'],
  ...['TestingDirAuthVoteExit *', 'TestingDirAuthVoteHSDir *', 'TestingDirAuthVoteGuard *'],
];

function closeNamespace(which: string): void {
  quietly('ip', ['netns', 'del', which]);
  quietly('ip', ['link', 'del', `${which}o`]);
}

/** What tests left that were killed. */
function sweep(): void {
  const named = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [, pid = ''] of named.matchAll(/^httor(\d+)\b/gm))
    if (!existsSync(`/proc/${pid}`)) closeNamespace(nameOf(pid));
}

/** Makes its keys. @returns the line by which others know it */
function makeAuthority(data: string, number: number): string {
  const keys = join(data, 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  chmodSync(data, 0o700);
  execFileSync(
    'tor-gencert',
    ['--create-identity-key', '-m', '12', '-a', `${inside}:${7000 + number}`, '--passphrase-fd', '0'],
    { cwd: keys, input: 'passphrase\n', stdio: ['pipe', 'ignore', 'ignore'] },
  );
  const lines = ['TestingTorNetwork 1', 'AssumeReachable 1', `DataDirectory ${data}`];
  // It does not tell without knowing another one.
  const anybody = `DirAuthority any orport=1 v3ident=${'A'.repeat(40)} 127.0.0.1:1 ${'A'.repeat(40)}`;
  writeFileSync(join(data, 'torrc'), [...lines, ...common('authority', number, 5000 + number), anybody, ''].join('\n'));
  const argv = [...torOf(data).slice(1), '--list-fingerprint'];
  const told = execFileSync('tor', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const fingerprint = told.trim().split('\n').at(-1)?.split(' ').slice(1).join('') ?? '';
  const [, identity = ''] =
    /^fingerprint (\w+)$/m.exec(readFileSync(join(keys, 'authority_certificate'), 'utf8')) ?? [];
  const ports = `orport=${5000 + number} no-v2 v3ident=${identity} ${inside}:${7000 + number}`;
  return `DirAuthority authority${number} ${ports} ${fingerprint}`;
}

function quietly(program: string, argv: readonly string[]): void {
  try {
    execFileSync(program, argv, { stdio: 'ignore' });
  } catch {
    // It was not there.
  }
}
