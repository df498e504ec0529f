/** The page that shows a package both ways: the two are the same, run side by side in the sandbox a container has. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { dropBuiltGuest, startGuest } from '../../../../kernel/guest/src/testing/guest-under-test.ts';
import { bundleScript, manifestOf } from './bundle.ts';
import type { PackageManifest } from '../script/manifest.ts';

const root = resolve(import.meta.dirname, '../../../..');
const page = readFileSync(join(root, 'sdk/docs/from-startos.md'), 'utf8');
let work: string;
let theirs: { readonly code: string; readonly manifest: PackageManifest };
let ours: typeof theirs;

beforeAll(async () => {
  mkdirSync(join(root, 'out'), { recursive: true });
  work = mkdtempSync(join(root, 'out/from-startos-'));
  mkdirSync(join(work, 'startos'));
  const files = [...page.matchAll(/^```ts (startos\/\S+)\n([\s\S]*?)^```$/gm)];
  for (const [, name = '', code = ''] of files) writeFileSync(join(work, name), code);
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
  writeFileSync(join(work, 'package.ts'), code);
  ours = await bundleScript(join(work, 'package.ts'));
  const made = await build({
    entryPoints: [join(work, 'startos/index.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    logLevel: 'silent',
  });
  const text = made.outputFiles[0]?.text ?? '';
  theirs = { code: text, manifest: manifestOf(text) };
}, 60_000);
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  await dropBuiltGuest();
});

test('the files made with the SDK of StartOS compile against it', () => {
  const options = {
    compilerOptions: {
      target: 'es2022',
      module: 'commonjs',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      ignoreDeprecations: '6.0',
    },
    include: ['startos/*.ts'],
  };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(options));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  let said = '';
  try {
    execFileSync(process.execPath, [compiler, '-p', work], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  expect(said).toBe('');
}, 120_000);

test('both declare the same package', () => {
  const told = ({ manifest }: typeof theirs) => {
    const { id, version, title, description, volumes, dependencies, license, canMigrateTo, satisfies } = manifest;
    return {
      id,
      version,
      title,
      description,
      volumes,
      dependencies,
      license,
      canMigrateTo,
      satisfies,
      images: Object.keys(manifest.images),
    };
  };
  expect(told(ours)).toEqual(told(theirs));
  expect(ours.code.length).toBeLessThan(theirs.code.length / 20);
});

/** What a server sees of a package from its installation on. */
async function life({ code }: typeof theirs) {
  await using guest = await startGuest(code);
  const { host, layout } = guest;
  const act = (id: string, verb: string, input: object) =>
    host.request('execute', { id: 'event-act-01', procedure: `/actions/${id}/${verb}`, input, timeout: null });
  await host.request('init', { id: 'event-init-01', kind: 'install' });
  const form = (await act('set-greeting', 'getInput', { prefill: null })) as {
    spec: { greeting: object };
    value: unknown;
  };
  const set = await act('set-greeting', 'run', { input: { greeting: 'Good day' } });
  const shown = await act('show-greeting', 'run', { input: null });
  const store: unknown = JSON.parse(readFileSync(join(layout.volumes, 'main/store.json'), 'utf8'));
  const kept = await host.request('execute', {
    id: 'event-backup',
    procedure: '/backup/create',
    input: null,
    timeout: null,
  });
  const { type, required, minLength, maxLength, default: usual } = form.spec.greeting as Record<string, unknown>;
  const bound = host.called('bind').map(({ id, internalPort, preferredExternalPort, addSsl, secure }) => ({
    id,
    internalPort,
    preferredExternalPort,
    // Told by theirs besides, and nobody's business: the interface says it again.
    addSsl: { ...(addSsl as object), scheme: undefined },
    secure,
  }));
  return {
    bound,
    exported: host.called('export-service-interface').map((told) => ({ ...told, eventId: undefined })),
    actions: host.called('action.export').map(({ id, metadata }) => ({ id, metadata })),
    version: host.called('set-data-version').map(({ version }) => version),
    form: { type, required, minLength, maxLength, usual, value: form.value },
    set: set ?? null,
    shown,
    store,
    kept,
  };
}

test('both bind, export, ask, keep, show and back up the same', async () => {
  const [one, other] = [await life(ours), await life(theirs)];
  expect(one).toEqual(other);
  expect(one.store).toEqual({ greeting: 'Good day' });
}, 120_000);
