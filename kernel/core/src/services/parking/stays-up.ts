/** Whether a stopped service keeps its container: where its script has to hear what goes on. */
import { urlPlugin } from '@hearth/contract';
import type { Container } from '../container.ts';
import type { Context } from '../context.ts';
import { writerOf } from './files.ts';

/** Asks the guest. */
export async function staysUp(context: Context, container: Container): Promise<boolean> {
  const { service } = container;
  const manifest = context.rows.read(service)?.manifest;
  // What gives addresses to others follows them.
  if (manifest?.plugins.includes(urlPlugin) === true || manifest?.neverParked === true) return true;
  return writerOf(context, service, await container.watchedVolumes()) !== null;
}
