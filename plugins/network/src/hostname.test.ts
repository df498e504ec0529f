import type { Server, Slice } from '@hearth/contract';
import { beforeEach, expect, test } from '@jest/globals';
import { createEvents } from '../../../kernel/core/src/events.ts';
import { silentLog } from '../../../spec/testbed/plugin.ts';
import { createHostname } from './hostname.ts';
import type { Announcer } from './mdns/announcer.ts';
import { initialState, type NetworkState } from './state.ts';

const signal = new AbortController().signal;
let name: string;
let kept: string | null;
let taken: Set<string>;
let told: unknown[];
const server = { read: () => ({ hostname: name }) } as Server;
const state = { read: () => ({ ...initialState, hostname: kept }) } as Slice<NetworkState>;
const announcer = {
  async firstFree(wish: string) {
    for (let number = 1; ; number += 1) {
      const label = number === 1 ? wish : `${wish}-${number}`;
      if (!taken.has(label)) return label;
    }
  },
} as unknown as Announcer;

function hostname() {
  const events = createEvents(silentLog);
  events.on('network.nameTaken', (value) => void told.push(value));
  return createHostname(server, state, events);
}

beforeEach(() => {
  name = 'family';
  kept = null;
  taken = new Set();
  told = [];
});

test('is the server’s own as long as nobody else has it', async () => {
  const made = hostname();
  expect(made.current()).toBe('family');
  expect(await made.settle(announcer, signal)).toBe(false);
  expect(told).toEqual([]);
});

test('gets a number when another box has it, and loses it when the other is gone', async () => {
  taken.add('family');
  const made = hostname();
  expect(await made.settle(announcer, signal)).toBe(true);
  expect(made.current()).toBe('family-2');
  expect(told).toEqual([{ wanted: 'family', used: 'family-2' }]);
  taken.clear();
  expect(await made.settle(announcer, signal)).toBe(true);
  expect(made.current()).toBe('family');
  expect(told).toHaveLength(1);
});

test('is kept over a restart, until the owner renames the server', async () => {
  kept = 'family-3';
  expect(hostname().current()).toBe('family-3');
  kept = 'family-room';
  expect(hostname().current()).toBe('family');
  name = 'cellar';
  kept = 'family-2';
  expect(hostname().current()).toBe('cellar');
});
