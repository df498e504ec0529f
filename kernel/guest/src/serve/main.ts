/**
 * Entry of `guest.mjs`, the process that serves: started by the container's init, ended by `exit` or with the container.
 *
 * Small, so that the script's thread begins at once; the serving half is read while that comes up.
 */
import { join } from 'node:path';
import { readConfig } from './config.ts';
import { beginScriptThread } from './script-thread.ts';
import type * as Serving from './serving.ts';

const config = readConfig(import.meta.dirname);
const thread = beginScriptThread(config);
const { serve } = (await import(join(config.folder, 'serving.mjs'))) as typeof Serving;
serve(config, thread);
