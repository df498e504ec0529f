/** What a restart of the kernel must never cost: the services. */
import { afterAll, beforeAll, test } from '@jest/globals';
import { killKernel, killMinutes, makeSiege, type Siege } from './kernel-kills.ts';

const kills = 100;
let siege: Siege;
beforeAll(async () => {
  siege = await makeSiege(6);
}, killMinutes(8));
afterAll(() => siege.close(), killMinutes(0));

test(
  'the kernel is killed a hundred times under load: no process of a service changes',
  () => killKernel(siege, kills, 8),
  killMinutes(kills),
);
