/** A store for backups that a confined plugin keeps: each operation is one call of it, whose answer is looked at. */
import {
  type BackupStore,
  blobInfo,
  type BlobInfo,
  type BackupKindFacts,
  type FormValues,
  hostsOfForm,
  type TargetFrame,
} from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import type { Installed } from './installed.ts';
import { type Operation, Receiving, Sending } from './operations.ts';

/** One answer of `list`, which goes through a message. */
const page = z.object({
  blobs: z.array(blobInfo).max(5000),
  /** Handed back for what follows. */
  next: z.string().min(1).max(1000).nullable().default(null),
});
const mostPages = 10_000;
const sizeAnswer = z.number().int().nonnegative().nullable();

/** `name` of the manifest. Checks the settings with the plugin first. */
export async function openStore(
  plugin: Installed,
  name: string,
  { form }: Pick<BackupKindFacts, 'form'>,
  settings: FormValues,
  signal: AbortSignal,
): Promise<BackupStore> {
  const entered = hostsOfForm(form, settings);
  type Step = TargetFrame['step'];
  const run = (step: Step, input: unknown, operation: Partial<Operation> & Pick<Operation, 'signal'>) => {
    const { life } = plugin;
    if (life === null) throw errors.notRunning({ plugin: plugin.id, reason: 'it is off' });
    return plugin.operations.run({ entered, sending: null, receiving: null, ...operation }, (given) =>
      life.target({ name, step, operation: given, settings, input }, operation.signal),
    );
  };
  const parse = <T>(schema: z.ZodType<T>, answer: unknown): T => {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw errors.oddAnswer({ plugin: plugin.id, reason: parsed.error.issues[0]?.message ?? 'Invalid' });
  };

  await run('open', null, { signal });
  return {
    async *list(type, over): AsyncGenerator<BlobInfo> {
      let next: string | null = null;
      for (let count = 0; count === 0 || next !== null; count += 1) {
        if (count >= mostPages) throw errors.oddAnswer({ plugin: plugin.id, reason: 'its list has no end' });
        const answer: z.infer<typeof page> = parse(page, await run('list', { type, page: next }, { signal: over }));
        yield* answer.blobs;
        next = answer.next;
      }
    },
    size: async (blob, over) => parse(sizeAnswer, await run('size', blob, { signal: over })),
    read(blob, range, over) {
      const receiving = new Receiving(range);
      run('read', { ...blob, ...range }, { signal: over, receiving }).then(
        (found) => {
          if (found === false) receiving.missing();
          else receiving.fail(errors.oddAnswer({ plugin: plugin.id, reason: 'it received no blob' }));
        },
        (error: unknown) => receiving.fail(error),
      );
      return receiving.begun;
    },
    async write(blob, size, content, over) {
      const sending = new Sending(size, content);
      await run('write', { ...blob, size }, { signal: over, sending });
      if (!sending.done) throw errors.oddAnswer({ plugin: plugin.id, reason: 'it did not send the blob' });
    },
    async remove(blob, over) {
      await run('remove', blob, { signal: over });
    },
  };
}
