/** A package file on its way to a box. */
import { stat } from 'node:fs/promises';
import type { Context } from '../context.ts';
import type { Begun } from '../follow.ts';
import type { Rpc } from '../rpc.ts';

export interface SideloadOptions {
  /** Start it when it is installed. */
  readonly start?: boolean;
  /** An update is done once the new version is well. */
  readonly quickTrial?: boolean;
}

/** The box verifies all of it; a look here spares sending what it would refuse. */
export async function sideload(
  context: Context,
  box: Rpc,
  file: string,
  options: SideloadOptions = {},
): Promise<Begun> {
  const { openFile } = await import('@hearth/s9pk/node');
  await (await openFile(file)).close();
  const { size } = await stat(file);
  const bar = context.output.bar();
  bar.say('Sending');
  try {
    const upload = await box.upload(file, size, (done) => bar.update(done, size), context.signal);
    return await box.call<Begun>('package.sideload', { upload, ...options });
  } finally {
    bar.end();
  }
}
