import { describe, expect, test } from '@jest/globals';
import { HearthError } from '@hearth/contract';
import { createLog, redact } from './log.ts';

const logged = (level: 'info' | 'silent' = 'info') => {
  const lines: string[] = [];
  return { lines, log: createLog(level, (line) => lines.push(line)) };
};

describe('createLog()', () => {
  test('writes one JSON line with level, bindings and message', () => {
    const { lines, log } = logged();
    log.child({ plugin: 'backup' }).info({ bytes: 3 }, 'done');
    log.debug({}, 'not asked for');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', plugin: 'backup', bytes: 3, msg: 'done' });
  });

  test('lets no secret through, wherever it stands', () => {
    const { lines, log } = logged();
    const cause = Object.assign(new Error('inner'), { data: { token: 'hush' } });
    const error = new HearthError({
      code: 'a.b',
      kind: 'INTERNAL',
      message: 'm',
      data: { newPassword: 'hush' },
      cause,
    });
    log
      .child({ sessionToken: 'hush' })
      .error(
        { err: error, headers: { 'X-Hearth-Token': 'hush', Cookie: 'hush' }, list: [{ password: 'hush' }] },
        'failed',
      );
    expect(lines.join('')).not.toContain('hush');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { errorCode: 'a.b', message: 'm', cause: { message: 'inner' } },
    });
  });

  test('is silent when told', () => {
    const { lines, log } = logged('silent');
    log.error({}, 'x');
    expect(lines).toEqual([]);
  });
});

describe('redact()', () => {
  test('bounds what is logged', () => {
    const circle: Record<string, unknown> = { bytes: new Uint8Array(9) };
    circle['self'] = circle;
    expect(JSON.stringify(redact(circle)).length).toBeLessThan(500);
    expect(redact({ bytes: new Uint8Array(9) })).toEqual({ bytes: '[9 bytes]' });
  });
});
