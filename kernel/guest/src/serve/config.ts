/** What the engine tells the guest by its environment. */
import { containerLayout, type Layout } from '../files/paths.ts';

export interface GuestConfig {
  readonly layout: Layout;
  /** Folder with the other files of the guest. */
  readonly folder: string;
  readonly instance: string;
  readonly service: string;
  readonly language: string;
  /** Most bytes of the script's world. */
  readonly scriptMemory: number;
  readonly loadMs: number;
  readonly turnMs: number;
}

const mebibyte = 1024 * 1024;
const scriptMemory = 256 * mebibyte;

export function readConfig(folder: string, environment: NodeJS.ProcessEnv = process.env): GuestConfig {
  const limit = Number(environment['HEARTH_MEMORY_LIMIT'] ?? '');
  const scale = Number(environment['HEARTH_DEADLINE_SCALE'] ?? '') || 1;
  return {
    layout: containerLayout,
    folder,
    instance: environment['HEARTH_INSTANCE'] ?? 'unknown',
    service: environment['HEARTH_SERVICE'] ?? 'unknown',
    language: environment['LANG'] ?? 'C',
    // Half of what the whole container may take at most: the programs are why it is there.
    scriptMemory: limit > 0 ? Math.max(64 * mebibyte, Math.min(scriptMemory, limit / 2)) : scriptMemory,
    loadMs: 60_000 * scale,
    turnMs: 10_000 * scale,
  };
}
