/** Handlers that read what may change, each in another way; what they see goes to the journal. */
import { files } from './files';
import { note, sdk } from './sdk';

/** Read with `const`: this handler alone runs again. */
export const watchYaml = sdk.setupOnInit(async (effects) => {
  const name = await files.yaml.read((s) => s.name).const(effects);
  await note(`const yaml ${name}`);
  if (name !== 'Eve') return;
  await files.yaml.merge(effects, { name: 'Eva' }).catch((error: Error) => note(error.message.replace(/: \/.*/, '')));
});

export const watchToml = sdk.setupOnInit(async (effects) => {
  files.toml
    .read((s) => s.size)
    .onChange(effects, async (size, error) => {
      if (error === undefined) await note(`onChange toml ${size}`);
      return { cancel: size === 99 };
    });
});

export const watchIni = sdk.setupOnInit(async (effects) => {
  const follow = async () => {
    for await (const name of files.ini.read((s) => s.name).watch(effects)) await note(`watch ini ${name}`);
  };
  follow().catch(() => undefined);
});
