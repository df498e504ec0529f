/** The followers of state.ts: `PORT CLIENTS`. The first applies what it gets to a replica, as a page does; the others only take it: they are on machines of their own. */
import { performance } from 'node:perf_hooks';
import { type Frame, Replica } from '@hearth/contract';
import { decode } from '../../kernel/core/src/state/codec.ts';

const [port = '', clients = ''] = process.argv.slice(2);
const delays: number[] = [];
let ready = 0;
let begun: { readonly at: number; readonly processor: NodeJS.CpuUsage } | null = null;

for (let client = 0; client < Number(clients); client++) {
  const watched = client === 0;
  const replica = new Replica();
  let first = true;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/feed`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(JSON.stringify({ token: null }));
  socket.onmessage = ({ data }) => {
    if (first) {
      first = false;
      ready += 1;
      if (ready === Number(clients)) {
        process.send?.('ready');
        begun ??= { at: performance.now(), processor: process.cpuUsage() };
      }
    }
    if (!watched) return;
    const frame = decode(new Uint8Array(data as ArrayBuffer)) as Frame;
    replica.apply(frame);
    if (frame.type !== 'patch') return;
    const now = performance.timeOrigin + performance.now();
    for (const [, value] of frame.ops) if (typeof value === 'number') delays.push(now - value);
  };
}

process.once('message', () => {
  delays.sort((one, other) => one - other);
  const at = (share: number): number => Math.round((delays[Math.floor(delays.length * share)] ?? 0) * 10) / 10;
  const { user, system } = process.cpuUsage(begun?.processor);
  const took = performance.now() - (begun?.at ?? 0);
  const processorOfFollowers = Math.round((user + system) / 10 / took);
  process.send?.({ p50: at(0.5), p99: at(0.99), samples: delays.length, processorOfFollowers });
});
