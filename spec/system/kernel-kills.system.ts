/** A sample of `kernel-kills.deep.ts`. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { killKernel, killMinutes, makeSiege, type Siege } from './kernel-kills.ts';

const kills = 8;
let siege: Siege;
beforeAll(async () => {
  siege = await makeSiege(3);
}, killMinutes(8));
afterAll(() => siege.close(), killMinutes(0));

test(
  'the kernel is killed eight times under load: no process of a service changes',
  () => killKernel(siege, kills, 5),
  killMinutes(kills),
);
