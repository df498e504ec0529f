/**
 * An engine that was told to end still undoes what it had begun, and one that was killed leaves an `lxc-start` behind that
 * goes on: what either of them makes would come after this engine has looked, and belong to nobody.
 */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineConfig } from '@hearth/contract';
import { errors } from '../errors.ts';
import { argumentsOf } from '../system/process.ts';

/** Longer than an engine takes to undo things, and than it lets a container start. */
const patienceMs = 70_000;
/** One that ends hangs up at once; one that works does not. */
const glanceMs = 200;

/** Waits until nothing of an earlier engine is at work. Throws `engine.alreadyRunning` where one serves. */
export async function predecessorGone(config: EngineConfig, socket: string): Promise<void> {
  const end = Date.now() + patienceMs;
  for (let pause = 20; ; pause = Math.min(pause * 2, 250)) {
    const found = await answer(socket);
    if (found === 'serves') throw errors.alreadyRunning({ socket });
    if ((found === 'nothing' && !startsContainers(config.lxcPath)) || Date.now() >= end) return;
    await delay(pause);
  }
}

function answer(socket: string): Promise<'nothing' | 'ends' | 'serves'> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    let there = false;
    probe.once('connect', () => {
      there = true;
      setTimeout(() => {
        resolve('serves');
        probe.destroy();
      }, glanceMs);
    });
    probe.on('error', () => undefined);
    probe.once('close', () => resolve(there ? 'ends' : 'nothing'));
    probe.resume();
  });
}

/** Once its container runs the monitor takes another name. */
function startsContainers(lxcPath: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const [program = '', ...args] = argumentsOf(Number(name));
    const at = args.indexOf('-P');
    return program.endsWith('lxc-start') && at >= 0 && args[at + 1] === lxcPath;
  });
}
