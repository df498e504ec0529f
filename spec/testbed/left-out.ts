/** Suites that only a deep run takes are named in every other one: nobody shall think they passed. */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { serviceInTurn } from './rotation.ts';

const root = resolve(import.meta.dirname, '../..');

/** One line, or '' in a deep run. */
export function leftOut(environment: NodeJS.ProcessEnv): string {
  if (environment['HEARTH_DEEP'] !== undefined) return '';
  const rooms = '{spec,kernel,plugins,sdk,distro,shell-ui}';
  const exclude = (path: string) => path.includes('node_modules');
  const inTurn = serviceInTurn();
  const files = globSync(`${rooms}/**/*.deep.ts`, { cwd: root, exclude })
    .sort()
    .filter((file) => file !== inTurn);
  return files.length === 0 ? '' : `Left out, since they take long (npm run test:deep has them): ${files.join(', ')}\n`;
}
