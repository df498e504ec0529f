export { idleGuest, makeTestbed, type TestEngine, type Testbed, type TestbedOptions } from './testbed.ts';
export { leftoversOf } from './leftovers.ts';
export { makeSquashfs, stageSquashfs } from './squashfs.ts';
export { type DiskOptions, fillDisk, mountDisk, unmountDisk } from './disk.ts';
export { random, type Random } from './random.ts';
