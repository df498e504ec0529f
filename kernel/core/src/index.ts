/** @hearth/kernel: the machine, without root. */
import { boot, type Kernel, type KernelOptions } from './boot.ts';
import { factories } from './factories.ts';

export type { Kernel, KernelOptions } from './boot.ts';
export { configReference, type KernelConfig, loadConfig } from './config.ts';

/** Boots and opens the doors; resolves when every plugin is up, or known not to be. */
export function startKernel(options: KernelOptions): Promise<Kernel> {
  return boot(options, factories);
}
