/**
 * How long a new kernel needs to take over what runs, and what stopped services cost: twenty of them, in real containers.
 *
 * `node spec/bench/adoption.ts [runs] [services]`, as root.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BareKernel } from '../system/bare-kernel.ts';
import { makeBox } from '../system/box.ts';
import { SmallServices, waited } from '../system/small-services.ts';

const [runs = 5, count = 20] = process.argv.slice(2).map(Number);
const code = `
  exports.main = async ({ effects }) => {
    await effects.setHealth({ id: 'up', name: 'Up', result: 'success', message: null });
    return { term: async () => {} };
  };
`;
const ids = Array.from({ length: count }, (_, number) => `bench-${number}`);
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const mebibyte = 1024 ** 2;

// A slot has room for sixteen: ids of its own, beyond all slots.
const box = await makeBox(['--ids', `1000000000:${(count + 4) * 65_536}`]);
try {
  mkdirSync(box.config.data, { recursive: true });
  await box.start();
  const services = new SmallServices(box);
  for (const id of ids) await services.install({ id, code });
  await Promise.all(ids.map((id) => box.call('package.start', { id })));
  for (const id of ids) await services.until(id, 'running');
  await sleep(3000);
  const taken = async (): Promise<number> => {
    const asked = ids.map((id) => box.call<{ memory: number } | null>('package.stats', { id }));
    const stats = await Promise.all(asked);
    return stats.reduce((sum, each) => sum + (each?.memory ?? 0), 0) / mebibyte;
  };
  say(`${count} that run take ${(await taken()).toFixed(0)} MiB`);
  const kernel = await BareKernel.takeOver(box);
  const pids = (): string => JSON.stringify(ids.map((id) => box.pids('', id)));
  const before = pids();
  const heard = async (): Promise<number> => {
    const answer = await box.call('db.dump', { pointer: '/serviceHealth' }).catch(() => null);
    return answer === null ? -1 : Object.keys(answer.value).length;
  };
  await waited(
    async () => (await heard()) === count,
    () => 'all of them',
  );
  for (let run = 0; run < runs; run += 1) {
    await kernel.kill();
    await sleep(500);
    const began = performance.now();
    kernel.start();
    let answers = 0;
    for (;;) {
      const found = await heard();
      if (found >= 0 && answers === 0) answers = performance.now() - began;
      if (found === count) break;
      await sleep(10);
    }
    const all = performance.now() - began;
    say(
      `takes calls after ${answers.toFixed(0)} ms; all ${count} adopted after ${all.toFixed(0)} ms, ${(all - answers).toFixed(0)} ms later`,
    );
  }
  say(`processes changed: ${before === pids() ? 'none' : 'SOME'}`);
  await kernel.close();
  await box.start();
  await Promise.all(ids.map((id) => box.call('package.stop', { id })));
  for (const id of ids) await services.until(id, 'stopped');
  await sleep(3000);
  const left = execFileSync('lxc-ls', ['-P', box.config.lxcPath, '--running'], { encoding: 'utf8' }).trim();
  say(`stopped: ${left === '' ? 'no container' : left}; ${(await taken()).toFixed(0)} MiB`);
} finally {
  await box.close();
}
