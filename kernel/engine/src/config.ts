/** Reads the configuration file the launcher wrote; nothing else tells the engine what to do at start. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type EngineConfig, engineConfig } from '@hearth/contract';
import { z } from 'zod';

/** Paths go into mount options and LXC's own file format, which have no quoting: only plain characters are taken. */
const plainPath = z
  .string()
  .max(512)
  .regex(/^(\/[\w.+-]+)+$/, 'an absolute path of letters, digits and . _ + -')
  .refine((path) => !path.split('/').includes('..'), 'no ".."');
const plainPaths = z.looseObject({
  data: plainPath,
  run: plainPath,
  runtime: plainPath,
  base: plainPath,
  lxcPath: plainPath,
});

/** Throws an Error with a sentence for the console when the file is unfit or others than root may write it. */
export function readConfig(path: string): EngineConfig {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(descriptor);
    if (found.uid !== 0 || (found.mode & 0o022) !== 0) {
      throw new Error(`Cannot use configuration "${path}": others than root may write it`);
    }
    const text: unknown = JSON.parse(readFileSync(descriptor, 'utf8'));
    plainPaths.parse(text);
    return engineConfig.parse(text);
  } finally {
    closeSync(descriptor);
  }
}
