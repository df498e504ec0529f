/** The interface calls what the server has, with what the server takes, and reads what the server answers. */
import { expect, test } from '@jest/globals';
import type { ServerMethods } from './methods.gen.ts';
import type { Methods } from './methods.ts';

type Used = keyof Methods;
/** Methods whose input the server would not take; the types hold only where there is none. */
type BadInputs = {
  [M in Used]: M extends keyof ServerMethods ? (Methods[M]['input'] extends ServerMethods[M]['input'] ? never : M) : M;
}[Used];
/** Methods whose answer lacks what the interface reads; what a package's script answers the server does not know. */
type BadOutputs = {
  [M in Used & keyof ServerMethods]: unknown extends ServerMethods[M]['output']
    ? never
    : keyof NonNullable<Methods[M]['output']> extends keyof NonNullable<ServerMethods[M]['output']>
      ? never
      : M;
}[Used & keyof ServerMethods];

const badInputs: readonly BadInputs[] = [] satisfies readonly never[];
const badOutputs: readonly BadOutputs[] = [] satisfies readonly never[];
const proof: readonly never[] = [...badInputs, ...badOutputs];

test('no call of the interface is unknown to the server', () => {
  expect(proof).toEqual([]);
});
