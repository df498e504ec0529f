/** From what authors write to what an archive holds: one script, without imports. */
import { resolve } from 'node:path';
import { errors } from './errors.ts';

const kit = resolve(import.meta.dirname, '..');

/** The kit is found wherever the plugin lies; other packages beneath the plugin's own folder. */
const alias = {
  '@hearth/plugin-kit': resolve(kit, 'index.ts'),
  '@hearth/plugin-kit/panel': resolve(kit, '../panel/index.ts'),
  '@hearth/plugin-kit/testing': resolve(kit, 'testing/index.ts'),
};

export type Target = 'plugin' | 'panel' | 'test';

/** Throws `pluginKit.scriptInvalid`. */
export async function bundle(entry: string, target: Target): Promise<string> {
  const { build } = await import('esbuild');
  const made = await build({
    entryPoints: [resolve(entry)],
    bundle: true,
    write: false,
    // A plugin and its page have nothing of Node: an import of it is an error here, not on somebody's server.
    platform: target === 'test' ? 'node' : 'browser',
    format: target === 'plugin' ? 'cjs' : 'esm',
    target: target === 'panel' ? 'es2024' : 'es2023',
    charset: 'utf8',
    legalComments: 'inline',
    alias,
    logLevel: 'silent',
  }).catch((cause: unknown) => {
    throw errors.scriptInvalid({ file: entry, reason: cause instanceof Error ? cause.message : String(cause) }, cause);
  });
  return made.outputFiles[0]?.text ?? '';
}
