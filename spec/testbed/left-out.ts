/** Suites that a run does not take are named in it: nobody shall think they passed. */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { turnOf } from './rotation.ts';

const root = resolve(import.meta.dirname, '../..');

/** One line, or '' in a deep run. */
export function leftOut(environment: NodeJS.ProcessEnv): string {
  if (environment['HEARTH_DEEP'] !== undefined) return '';
  const turn = turnOf(environment);
  const rooms = '{spec,kernel,plugins,sdk,distro,shell-ui}';
  const exclude = (path: string) => path.includes('node_modules');
  const deep = globSync(`${rooms}/**/*.deep.ts`, { cwd: root, exclude }).sort();
  const files = [...(turn?.left ?? []), ...deep.filter((file) => file !== turn?.service)];
  return files.length === 0 ? '' : `Left out, since they take long (npm run test:deep has them): ${files.join(', ')}\n`;
}
