/** Bodies of methods that take more than is theirs, and what their owner is told; null where the plugin itself is told no. */
export const bombs: readonly (readonly [name: string, body: string, why: RegExp | null])[] = [
  [
    'objects without end',
    'const all = []; for (;;) all.push({ all: new Array(100).fill(all.length) })',
    /memory|ended/,
  ],
  ['a loop after an await', 'await null; for (;;);', /no longer answered/],
  ['buffers without end', 'const all = []; for (;;) all.push(new Uint8Array(64 << 20).fill(1))', null],
  ['promises that never let go', 'for (;;) await null', /no longer answered/],
  ['a map without end', 'const all = new Map(); for (let at = 0; ; at++) all.set(at, { at })', /memory|ended/],
  [
    'one text without end',
    'let all = "x".repeat(1000); for (;;) all = [...(all + all)].join("")',
    /memory|ended|answered/,
  ],
  ['a loop', 'for (;;);', /no longer answered/],
  ['a number too large to print', 'return String(2n ** 200_000_000n).length', /answered|ended|memory/],
  [
    'recursion in a trap',
    'const p = new Proxy({}, { get: (t, k, r) => r[k] + r[k] }); for (;;) try { p.x } catch {}',
    /no longer answered/,
  ],
  ['a search that doubles with each letter', 'return /^(a+)+$/.test("a".repeat(64) + "b")', /no longer answered/],
  ['sorting without end', 'for (;;) new Array(1e5).fill(0).map(() => Math.random()).sort()', /no longer answered/],
];

/** Of those, what every run tries: memory and time. */
export const bombSample = bombs.slice(0, 3);
