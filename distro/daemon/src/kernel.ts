/** The kernel process of the product: the kernel with the plugins that ship. */
import { startKernel } from '@hearth/kernel';
import { announceReady } from './notify.ts';
import { plugins } from './plugins.ts';
import { version } from './version.ts';

const kernel = await startKernel({ flags: process.argv.slice(2), plugins, version });

// Without its launcher it ends; services, proxy and name server go on, and the next start takes them up.
process.once('disconnect', () => void kernel.stop());
// Listening keeps the channel, and with it the process, alive: it shall not when all else has ended.
process.channel?.unref();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void kernel.stop());
await announceReady();
