/** The kernel process of the product: the kernel with the plugins that ship. */
import { startKernel } from '@hearth/kernel';
import { sweepCompileCache } from './kernel-flags.ts';
import { announceReady } from './notify.ts';
import { plugins } from './plugins.ts';
import { version } from './version.ts';

const end = () => void started.then((kernel) => kernel.stop());
// The launcher starts it again.
const started = startKernel({ flags: process.argv.slice(2), plugins, version, restart: () => end() });

// Without its launcher it ends, also when that goes while it still starts; services, proxy and name server go on, and the
// next start takes them up.
process.once('disconnect', end);
// Listening keeps the channel, and with it the process, alive: it shall not when all else has ended.
process.channel?.unref();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
await started;
await announceReady();
await sweepCompileCache(process.env['NODE_COMPILE_CACHE']);
