import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ShiftOwners } from './shift.ts';
import { fieldNumber, headerOf, setChecksum, setNumber } from './tar.ts';

interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly content?: Buffer;
}

function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, type = '0', uid = 0, gid = 0, content = Buffer.alloc(0) }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header[156] = type.charCodeAt(0);
    header.write('ustar\0', 257);
    setNumber(header, 'uid', uid);
    setNumber(header, 'gid', gid);
    setNumber(header, 'size', content.length);
    setChecksum(header);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function shift(input: Buffer, limits = { entries: 100, bytes: 1e6 }, pieces = 7000): Promise<Buffer> {
  const chunks = Array.from({ length: Math.ceil(input.length / pieces) }, (_, n) =>
    input.subarray(n * pieces, (n + 1) * pieces),
  );
  const filter = new ShiftOwners('main', 3_000_000, limits);
  const source = Readable.from(chunks);
  source.pipe(filter);
  return buffer(filter);
}

const pax = (key: string, value: string) => {
  const body = ` ${key}=${value}\n`;
  const length = body.length + String(body.length + 2).length;
  return Buffer.from(`${length}${body}`, 'latin1');
};

describe('ShiftOwners', () => {
  test('owners move, contents stay; GNU tar reads the result', async () => {
    const content = Buffer.from('hello'.repeat(300));
    const result = await shift(
      tar([
        { name: 'etc/', type: '5' },
        { name: 'etc/a', uid: 999, gid: 70_000, content },
      ]),
    );
    const folder = mkdtempSync(join(tmpdir(), 'hearth-shift-'));
    try {
      writeFileSync(join(folder, 'x.tar'), result);
      const list = execFileSync('tar', ['--numeric-owner', '-tvf', join(folder, 'x.tar')], { encoding: 'utf8' });
      expect(list).toContain('3000000/3000000');
      // 70,000 is no id of a container: nobody.
      expect(list).toContain('3000999/3065534');
      mkdirSync(join(folder, 'out'));
      const out = execFileSync('tar', ['-xOf', join(folder, 'x.tar'), 'etc/a']);
      expect(out.equals(content)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the size of the pieces it arrives in does not matter', async () => {
    const input = tar([
      { name: 'long', type: 'L', content: Buffer.from(`${'x'.repeat(700)}\0`) },
      { name: 'a', uid: 1, content: Buffer.alloc(1500, 7) },
      { name: 'b', type: '2' },
    ]);
    const whole = await shift(input, undefined, input.length);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (size) => {
        expect((await shift(input, undefined, size)).equals(whole)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test('device nodes are left out, with what belonged to them', async () => {
    const result = await shift(
      tar([
        { name: 'l', type: 'L', content: Buffer.from('name of a device\0') },
        { name: 'null', type: '3' },
        { name: 'sda', type: '4' },
        { name: 'kept' },
      ]),
    );
    expect(result.length).toBe(512 + 1024);
    expect(result.toString('latin1', 0, 4)).toBe('kept');
  });

  test('of extended attributes file capabilities alone stay', async () => {
    const record = pax('SCHILY.xattr.security.capability', '\x01\x00\x00\x02');
    const content = Buffer.concat([pax('SCHILY.xattr.trusted.overlay.opaque', 'y'), record]);
    const result = await shift(tar([{ name: 'x', type: 'x', content }, { name: 'a' }]));
    expect(headerOf(result)).toEqual({ type: 'x', size: record.length });
    expect(result.subarray(512, 512 + record.length).equals(record)).toBe(true);
    const none = await shift(tar([{ name: 'x', type: 'x', content: pax('SCHILY.xattr.user.a', 'b') }, { name: 'a' }]));
    expect(headerOf(none).type).toBe('0');
  });

  test.each([
    ['too many files', tar([{ name: 'a' }, { name: 'b' }, { name: 'c' }]), 'more than 2 files'],
    ['too many bytes', tar([{ name: 'a', content: Buffer.alloc(3000) }]), 'more than 2000 bytes'],
    ['a renaming attribute', tar([{ name: 'x', type: 'x', content: pax('path', '/etc/x') }]), 'unexpected attributes'],
    ['an unknown type', tar([{ name: 'a', type: 'Q' }]), 'unknown type'],
    ['a cut archive', tar([{ name: 'a', content: Buffer.alloc(900) }]).subarray(0, 1000), 'ends in the middle'],
  ])('%s is refused', async (_, input, words) => {
    await expect(shift(input, { entries: 2, bytes: 2000 })).rejects.toThrow(words);
  });

  test('numbers survive both notations', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (value) => {
        const header = Buffer.alloc(512);
        setNumber(header, 'uid', value);
        expect(fieldNumber(header, 'uid')).toBe(value);
      }),
    );
  });
});
