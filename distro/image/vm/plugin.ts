/** A confined plugin on the image, whose kernel may start no process of another user: the engine does. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { packPlugin } from '@hearth/plugin-kit/pack';
import { readOrMakeKey } from '@hearth/sdk/pack';
import type { Box } from './box.ts';

const template = resolve(import.meta.dirname, '../../../sdk/plugin-kit/template');
const plugin = 'hello-garden';

interface Status {
  readonly value: { readonly state: string };
}

/** The template of the kit, packed and signed in `folder`. Answers what confines its process. */
export async function installPlugin(box: Box, folder: string): Promise<string> {
  const file = join(folder, `${plugin}.plugin`);
  await packPlugin(template, file, await readOrMakeKey(join(folder, 'author.key.pem')));
  const upload = await box.client.upload(file);
  const { changes } = await box.client.call('plugin.inspect', { upload });
  const grant = changes.map(({ capability }: { capability: string }) => capability);
  await box.client.call('plugin.install', { upload, grant });
  await running(box);
  assert.deepEqual(await box.client.call(`${plugin}.water`, { litres: 3 }), { times: 1 });
  return confinement(box);
}

/** Runs again, and counts on from where it was. */
export async function checkPlugin(box: Box): Promise<void> {
  await running(box);
  assert.deepEqual(await box.client.call(`${plugin}.water`, { litres: 3 }), { times: 2 });
}

async function running({ client }: Box): Promise<void> {
  const ask = () => client.call<Status>('db.dump', { pointer: `/pluginStatus/${plugin}` });
  await client.until(`${plugin} runs`, 300_000, ask, ({ value }) => value.state === 'running');
}

/** An id of its own, no capability, a filter of system calls, no network: looked at from outside. */
async function confinement({ machine }: Box): Promise<string> {
  const told = await machine.shell.run(
    `p=$(pgrep -f '^/node .*/confined/main.mjs'); grep -E '^(Uid|CapBnd|CapEff|NoNewPrivs|Seccomp):' /proc/$p/status; ` +
      'nsenter -t $p -n cat /proc/net/dev | grep -c : || true; readlink /proc/$p/root; ls -1 /proc/$p/root',
  );
  assert.match(told, /^Uid:\s+1\d{6}\s/m);
  assert.match(told, /^CapEff:\s+0+$/m);
  assert.match(told, /^CapBnd:\s+0+$/m);
  assert.match(told, /^NoNewPrivs:\s+1$/m);
  assert.match(told, /^Seccomp:\s+2$/m);
  // The loopback device alone; a root with what Node needs.
  assert.match(told, /\n1\n\/\nconfined\nlib\nlib64\nnode$/);
  return `as user ${/^Uid:\s+(\d+)/m.exec(told)?.[1] ?? ''}`;
}
