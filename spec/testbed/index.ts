export { leftoversOf } from './leftovers.ts';
export { makeSquashfs, stageSquashfs } from './squashfs.ts';
export { idleGuest, makeTestbed, type TestEngine, type Testbed, type TestbedOptions } from './testbed.ts';
