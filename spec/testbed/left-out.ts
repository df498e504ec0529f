/** Suites that only a deep run takes are named in every other one: nobody shall think they passed. */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** One line, or '' in a deep run. */
export function leftOut(environment: NodeJS.ProcessEnv): string {
  if (environment['HEARTH_DEEP'] !== undefined) return '';
  const rooms = '{spec,kernel,plugins,sdk,distro,shell-ui}';
  const exclude = (path: string) => path.includes('node_modules');
  const files = globSync(`${rooms}/**/*.deep.ts`, { cwd: root, exclude }).sort();
  return files.length === 0 ? '' : `Left out, since they take long (npm run test:deep has them): ${files.join(', ')}\n`;
}
