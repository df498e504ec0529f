/** The name server of the services: told its records only when they changed, and looked after. */
import { Resolver } from 'node:dns/promises';
import { isDeepStrictEqual } from 'node:util';
import type { EngineClient } from '@hearth/contract';
import type { NameRecords } from './plan/plan.ts';

export interface Names {
  /** Whether it answers; once it does not, the next `apply` tells it everything anew, which starts it. */
  answers(address: string): Promise<boolean>;
  apply(records: NameRecords): Promise<void>;
}

/** A busy machine may be slow; a dead server's port refuses at once. */
const patienceMs = 2000;

/** No record has this name, and no question for it leaves the machine. */
const question = 'hearth-is-awake.startos';

/** What c-ares says when there was no answer, apart from "no such name", which is one. */
const silence = new Set(['ECONNREFUSED', 'ETIMEOUT', 'ETIMEDOUT', 'ECANCELLED']);

export function createNames(engine: EngineClient): Names {
  let applied: NameRecords | null = null;
  return {
    async answers(address) {
      const resolver = new Resolver({ timeout: patienceMs, tries: 2 });
      resolver.setServers([address]);
      const code = await resolver.resolve4(question).then(
        () => '',
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
      );
      if (!silence.has(code)) return true;
      applied = null;
      return false;
    },
    async apply(records) {
      if (isDeepStrictEqual(records, applied)) return;
      await engine.call('names.apply', { records });
      applied = records;
    },
  };
}
