/** @hearth/guest: what other parts may know of it without running it. */
export { containerLayout, type Layout } from './files/paths.ts';
export { logFile, type LogLine } from './serve/log.ts';
