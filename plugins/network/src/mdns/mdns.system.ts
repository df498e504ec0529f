/** Names on a real local network: two machines (network namespaces) on one cable. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const box = `hearth-net-a${process.pid}`;
const phone = `hearth-net-b${process.pid}`;
const script = join(import.meta.dirname, '..', 'testing', 'neighbour.ts');
const ip = (...words: string[]): unknown => execFileSync('ip', words);

beforeAll(() => {
  for (const name of [box, phone]) ip('netns', 'add', name);
  ip('-n', box, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', phone);
  for (const [name, address] of [
    [box, '192.168.77.5/24'],
    [phone, '192.168.77.6/24'],
  ] as const) {
    ip('-n', name, 'addr', 'add', address, 'dev', 'cable');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'cable', 'up');
    ip('-n', name, 'route', 'add', 'default', 'dev', 'cable');
  }
});

afterAll(() => {
  for (const name of [box, phone]) ip('netns', 'delete', name);
});

interface Neighbour {
  next(): Promise<any>;
  leave(): Promise<void>;
}

function start(namespace: string, role: string, value: unknown): Neighbour {
  const child: ChildProcess = spawn(
    'ip',
    ['netns', 'exec', namespace, process.execPath, script, role, JSON.stringify(value)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async next() {
      const line = await lines.next();
      return line.done === true ? undefined : JSON.parse(line.value);
    },
    leave() {
      child.stdin!.end();
      return ended;
    },
  };
}

async function once(namespace: string, role: string, value: unknown): Promise<any> {
  const neighbour = start(namespace, role, value);
  const answer = await neighbour.next();
  await neighbour.leave();
  return answer;
}

test('names are found, said to have no other address, and given back', async () => {
  const announcing = start(box, 'announce', ['family.local', 'syncthing.family.local']);
  try {
    expect(await announcing.next()).toBe('ready');
    expect(await once(phone, 'ask', { name: 'Syncthing.Family.local', type: 'A' })).toMatchObject({
      id: 77,
      questions: [{ type: 'A' }],
      answers: [{ type: 'A', data: '192.168.77.5', ttl: 10, flush: false }],
    });
    expect(await once(phone, 'ask', { name: 'family.local', type: 'AAAA' })).toMatchObject({
      answers: [{ type: 'NSEC', data: { rrtypes: ['A'] } }],
    });
    expect(await once(phone, 'ask', { name: 'other.local', type: 'A' })).toBeNull();

    const listening = start(phone, 'listen', 'family.local');
    expect(await listening.next()).toBe('ready');
    expect(await listening.next()).toEqual([
      expect.objectContaining({ name: 'family.local', type: 'A', data: '192.168.77.5', ttl: 120, flush: true }),
    ]);
    await announcing.leave();
    expect(await listening.next()).toEqual([
      expect.objectContaining({ name: 'family.local', ttl: 0 }),
      expect.objectContaining({ name: 'syncthing.family.local', ttl: 0 }),
    ]);
    await listening.leave();
  } finally {
    await announcing.leave();
  }
}, 30_000);

test('a name another machine has gets a number', async () => {
  expect(await once(box, 'probe', 'family')).toBe('family');
  const other = start(phone, 'announce', ['family.local', 'family-2.local']);
  try {
    expect(await other.next()).toBe('ready');
    expect(await once(box, 'probe', 'family')).toBe('family-3');
    expect(await once(box, 'probe', 'cellar')).toBe('cellar');
  } finally {
    await other.leave();
  }
}, 30_000);

test('nobody is answered who is not a neighbour of the interface', async () => {
  const away = { interface: 'lo', address: '127.0.0.1', family: 4, cidr: '127.0.0.1/8', private: true };
  const responder = start(box, 'elsewhere', away);
  try {
    expect(await responder.next()).toBe('ready');
    expect(await once(phone, 'ask', { name: 'family.local', type: 'A' })).toBeNull();
  } finally {
    await responder.leave();
  }
}, 30_000);
