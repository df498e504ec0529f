import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Frame } from '@hearth/contract';
import { encode } from 'cbor-x';
import { StateReplica } from '../state/replica.ts';
import { Feed, type FeedSocket, type FeedState } from './feed.ts';

class Socket implements FeedSocket {
  binaryType = '';
  onopen: FeedSocket['onopen'] = null;
  onmessage: FeedSocket['onmessage'] = null;
  onclose: FeedSocket['onclose'] = null;
  readonly sent: string[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.(new Event('open'));
  }
  lose(): void {
    this.onclose?.(new Event('close') as CloseEvent);
  }
  tell(frame: Frame): void {
    const bytes = encode(frame);
    const data = new ArrayBuffer(bytes.byteLength);
    new Uint8Array(data).set(bytes);
    this.onmessage?.({ data } as MessageEvent);
  }
}

let sockets: Socket[];
let states: FeedState[];
let refused: string[];
let replica: StateReplica<{ services?: Record<string, { name: string }> }>;
let feed: Feed;

beforeEach(() => {
  jest.useFakeTimers();
  sockets = [];
  states = [];
  refused = [];
  replica = new StateReplica();
  feed = new Feed({
    open: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
    session: { read: () => 'half', keep: () => undefined, forget: () => undefined },
    replica,
    onState: (state) => states.push(state),
    onRefused: (code) => refused.push(code),
    random: () => 1,
  });
});

afterEach(() => {
  feed.stop();
  jest.useRealTimers();
});

const snapshot: Frame = { type: 'snapshot', epoch: 'e', rev: 3, value: { services: { a: { name: 'A' } } } };

describe('the feed', () => {
  test('says hello with the token, then follows', () => {
    feed.start();
    sockets[0]?.open();
    expect(JSON.parse(sockets[0]?.sent[0] ?? '')).toEqual({ token: 'half' });
    sockets[0]?.tell(snapshot);
    sockets[0]?.tell({ type: 'patch', epoch: 'e', from: 3, rev: 4, ops: [[['services', 'a', 'name'], 'B']] });
    expect(replica.value.services?.['a']?.name).toBe('B');
    expect(states).toEqual(['connecting', 'live']);
  });

  test('comes back where it was, waiting longer each time', () => {
    feed.start();
    sockets[0]?.open();
    sockets[0]?.tell(snapshot);
    sockets[0]?.lose();
    expect(feed.state).toBe('waiting');
    jest.advanceTimersByTime(399);
    expect(sockets).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    sockets[1]?.lose();
    jest.advanceTimersByTime(799);
    expect(sockets).toHaveLength(2);
    jest.advanceTimersByTime(1);
    sockets[2]?.open();
    expect(JSON.parse(sockets[2]?.sent[0] ?? '')).toEqual({ token: 'half', resume: { epoch: 'e', rev: 3 } });
    sockets[2]?.tell({ type: 'patch', epoch: 'e', from: 3, rev: 5, ops: [] });
    expect(feed.state).toBe('live');
  });

  test('asks for everything after a gap', () => {
    feed.start();
    sockets[0]?.open();
    sockets[0]?.tell(snapshot);
    sockets[0]?.tell({ type: 'patch', epoch: 'e', from: 8, rev: 9, ops: [] });
    expect(sockets[0]?.closed).toBe(true);
    sockets[1]?.open();
    expect(JSON.parse(sockets[1]?.sent[0] ?? '')).toEqual({ token: 'half' });
  });

  test('tells a refusal and tries again until it is stopped', () => {
    feed.start();
    sockets[0]?.open();
    sockets[0]?.tell({ type: 'refused', code: 'rpc.signInFirst', message: '' });
    expect(refused).toEqual(['rpc.signInFirst']);
    expect(feed.state).toBe('waiting');
    feed.stop();
    jest.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(feed.state).toBe('off');
  });

  test('does not wait when the network is back', () => {
    feed.start();
    sockets[0]?.lose();
    feed.hurry();
    expect(sockets).toHaveLength(2);
  });

  test('ignores what is no frame', () => {
    feed.start();
    sockets[0]?.open();
    sockets[0]?.onmessage?.({ data: 'text' } as MessageEvent);
    expect(feed.state).toBe('connecting');
  });
});
