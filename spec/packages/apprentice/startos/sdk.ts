import * as fs from 'node:fs/promises';
import { FileHelper, StartSdk, z } from '@start9labs/start-sdk';
import { manifest } from './manifest';

export const sdk = StartSdk.of().withManifest(manifest).build(true);

/** What happened, in order: a file the tests read. */
export async function note(line: string): Promise<void> {
  await fs.appendFile(sdk.volumes.main.subpath('journal'), `${line}\n`);
}

/** The pieces of work at hand: a daemon each. */
export const bench = FileHelper.json(
  { base: sdk.volumes.main, subpath: 'bench.json' },
  z.object({ work: z.array(z.string()).catch([]), chosen: z.string().optional() }),
);
