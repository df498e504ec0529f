/** The key packages of this user are signed with, unless another one is named. */
import { join } from 'node:path';
import type { Context } from '../context.ts';

export function developerKey(context: Context, named: string | undefined): string {
  return named ?? join(context.world.environment.settings, 'developer-key.pem');
}
