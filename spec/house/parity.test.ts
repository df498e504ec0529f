/** One API: what the page and the command line do, they do through the method table, and anybody may do the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { methodsOf, openrpc } from '@hearth/kernel/testing';
import { z } from 'zod';
import { plugins } from '../../distro/daemon/src/plugins.ts';
import { methods as known } from '../../sdk/cli/src/methods.gen.ts';
import { program } from '../../sdk/cli/src/program.ts';
import { root, trackedFiles } from './tool.ts';

/** Ways out of a page or a program, other than the API. */
const waysOut =
  /(?<![#.\w])fetch\(|\bnew (XMLHttpRequest|WebSocket|EventSource)\b|sendBeacon|node:(http|https|net|tls|http2|dgram)['"]/;

function filesWithWayOut(folder: string): string[] {
  return trackedFiles(folder)
    .filter((file) => file.endsWith('.ts') && !/\.(test|system|long)\.ts$|\/testing\/|\/build\//.test(file))
    .filter((file) => waysOut.test(readFileSync(join(root, file), 'utf8')));
}

test('the page asks the server by methods, the feed and uploads alone', () => {
  // shell.ts hands `fetch` and the WebSocket to the link, which is the one to use them.
  expect(filesWithWayOut('shell-ui/src').sort()).toEqual(['shell-ui/src/link/upload.ts', 'shell-ui/src/shell.ts']);
});

test('the command line asks a box by methods and uploads alone', () => {
  const files = filesWithWayOut('sdk/cli/src').filter(
    (file) => !file.includes('/plugin') && !file.includes('/publish'),
  );
  // server.ts fetches the root certificate of a box it does not trust yet.
  expect(files.sort()).toEqual(['sdk/cli/src/commands/server.ts', 'sdk/cli/src/rpc.ts']);
});

test('the command line offers every method, with a flag for each of its parameters', async () => {
  const table = await methodsOf(plugins);
  const call = program({} as never).commands.find((command) => command.name() === 'call');
  const offered = new Map(call?.commands.map((command) => [command.name(), command]));
  expect([...offered.keys()].sort()).toEqual(table.map(({ name }) => name).sort());
  for (const { name, input } of table) {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
    const flags = offered.get(name)?.options.map(({ long }) => long) ?? [];
    const wanted = Object.keys(properties).map(
      (key) => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    expect([name, wanted.filter((flag) => !flags.includes(flag) && !flags.includes(`${flag}-file`))]).toEqual([
      name,
      [],
    ]);
  }
  expect(known.filter(({ about }) => about === '')).toEqual([]);
});

test('the OpenRPC document tells all of it, and points to nothing outside itself', async () => {
  const table = await methodsOf(plugins);
  const document = openrpc(table, '0.0.0') as { openrpc: string; methods: { name: string; params: object[] }[] };
  expect(document.openrpc).toMatch(/^1\.\d+\.\d+$/);
  expect(document.methods.map(({ name }) => name)).toEqual(table.map(({ name }) => name).sort());
  expect(JSON.stringify(document)).not.toMatch(/"\$ref"/);
});
