import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { House, type Kernel } from './testing/house.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
beforeEach(async () => {
  house = await House.build();
});
afterEach(() => house.demolish());

const call = async (kernel: Kernel, name: string, input: object): Promise<any> => {
  const method = kernel.methods.get(name)!;
  return method.run(method.input.parse(input), { signal: new AbortController().signal } as never);
};

test('a terminal is the guest’s: what it is asked, what it answers, and what it refuses', async () => {
  const kernel = await house.boot();
  const asked: [string, object][] = [];
  await house.put(kernel, 'app', {
    attach: (method, params) => {
      asked.push([method, params]);
      if (method === 'attach.open' && params['subcontainer'] === 'none')
        throw new Error('There is no subcontainer "none"');
      if (method === 'attach.open') return { attach: 't1', subcontainer: 'main' };
      return method === 'attach.read' ? { data: 'aGk=', ended: null } : null;
    },
  });
  const opened = await call(kernel, 'package.attach.open', { id: 'app', rows: 30 });
  expect(opened).toEqual({ attach: 't1', subcontainer: 'main' });
  const terminal = { id: 'app', attach: 't1' };
  expect(await call(kernel, 'package.attach.read', { ...terminal, waitMs: 5 })).toEqual({ data: 'aGk=', ended: null });
  expect(await call(kernel, 'package.attach.write', { ...terminal, data: 'aGk=' })).toEqual({});
  expect(await call(kernel, 'package.attach.resize', { ...terminal, rows: 1, columns: 2 })).toEqual({});
  expect(await call(kernel, 'package.attach.close', terminal)).toEqual({});
  expect(asked).toEqual([
    ['attach.open', { subcontainer: null, command: null, user: null, rows: 30, columns: 80 }],
    ['attach.read', { attach: 't1', waitMs: 5 }],
    ['attach.write', { attach: 't1', data: 'aGk=' }],
    ['attach.resize', { attach: 't1', rows: 1, columns: 2 }],
    ['attach.close', { attach: 't1' }],
  ]);
  await expect(call(kernel, 'package.attach.open', { id: 'app', subcontainer: 'none' })).rejects.toMatchObject({
    code: 'services.scriptFailed',
  });
  await expect(call(kernel, 'package.attach.open', { id: 'other' })).rejects.toMatchObject({
    code: 'services.notInstalled',
  });
  await expect(call(kernel, 'package.attach.write', { ...terminal, data: 'no base64!' })).rejects.toThrow();
  for (const name of kernel.methods.keys())
    if (name.startsWith('package.attach.')) expect(kernel.methods.get(name)?.allow).toBe('admin');
});
