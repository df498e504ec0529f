/** The shape of a verb's implementation. */
import type { EngineOutput, EngineVerb, engineVerbs } from '@hearth/contract';
import type { z } from 'zod';
import type { Watch } from '../containers/watch.ts';
import type { Call, Machine } from '../host/machine.ts';

export interface VerbContext {
  readonly machine: Machine;
  readonly watch: Watch;
}

/** Input as parsed: defaults are filled in. */
export type ParsedInput<V extends EngineVerb> = z.output<(typeof engineVerbs)[V]['input']>;
export type Handler<V extends EngineVerb> = (
  context: VerbContext,
  input: ParsedInput<V>,
  call: Call,
) => Promise<EngineOutput<V>> | EngineOutput<V>;
export type Handlers<V extends EngineVerb> = { readonly [K in V]: Handler<K> };
