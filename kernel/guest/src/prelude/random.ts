/**
 * `Math.random` and `performance.now`, of our own: the engine's would go on from where a memory image was made, the same
 * in every run. Loaded before whatever keeps either. The seed is asked for when the first number is drawn, so that the host knows whether any was.
 */
import { call } from './host.ts';

let state: Uint32Array | null = null;
const now = performance.now.bind(performance);
let origin = now();

function seed(): Uint32Array {
  const bytes = call('crypto.random', [16]) as Uint8Array;
  return new Uint32Array(bytes.slice().buffer);
}

/** Chris Doty-Humphrey's sfc32: small, fast, and good enough for what `Math.random` may be used for. */
function next(): number {
  state ??= seed();
  const [a = 0, b = 0, c = 0, count = 0] = state;
  const made = (a + b + count) | 0;
  state[3] = count + 1;
  state[0] = b ^ (b >>> 9);
  state[1] = c + (c << 3);
  state[2] = ((c << 21) | (c >>> 11)) + made;
  return made >>> 0;
}

// 53 bits, as many as a number between 0 and 1 can have.
Math.random = () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;

const clock = {
  now: () => now() - origin,
  get timeOrigin(): number {
    return Date.now() - clock.now();
  },
  toJSON: () => ({ timeOrigin: clock.timeOrigin }),
};
Object.defineProperty(globalThis, 'performance', { value: clock, writable: true, configurable: true });

/** After the world was restored: another sequence, and a clock from zero. */
export function reseed(): void {
  state = null;
  origin = now();
}
