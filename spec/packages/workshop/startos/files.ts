/** One file model of each format, all over the same two values. */
import { FileHelper, z } from '@start9labs/start-sdk';
import { sdk } from './sdk';

const at = (subpath: string) => ({ base: sdk.volumes.main, subpath });
const name = z.string().catch('nobody');
const size = z.coerce.number().catch(0);
const shape = z.object({ name, size });

export const files = {
  json: FileHelper.json(at('files/settings.json'), shape),
  yaml: FileHelper.yaml(at('files/settings.yaml'), shape),
  toml: FileHelper.toml(at('files/settings.toml'), shape),
  ini: FileHelper.ini(at('files/settings.ini'), shape),
  env: FileHelper.env(at('files/settings.env'), z.object({ NAME: name })),
  xml: FileHelper.xml(at('files/settings.xml'), z.object({ settings: shape })),
  text: FileHelper.string(at('files/settings.txt')),
  /** A format of the package's own: one value to a line. */
  raw: FileHelper.raw<{ name: string; size: number }>(
    at('files/settings.lines'),
    (data) => `${data.name}\n${data.size}\n`,
    (text) => ({ name: text.split('\n')[0], size: Number(text.split('\n')[1]) }),
    (data) => shape.parse(data),
  ),
  /** With a transformer: kept in another unit than it is used in. */
  scaled: FileHelper.json(at('files/scaled.json'), z.object({ metres: z.number() }), {
    onRead: (raw: any) => ({ metres: raw.millimetres / 1000 }),
    onWrite: ({ metres }) => ({ millimetres: metres * 1000 }),
  }),
} as const;

/** Which doors the interfaces open; not there at first. */
export const doors = FileHelper.json(at('files/doors.json'), z.object({ api: z.boolean().catch(true) }));

export async function writeAll(effects: any): Promise<void> {
  const both = { name: 'Ada', size: 3 };
  await files.json.write(effects, both);
  await files.yaml.write(effects, both);
  await files.toml.write(effects, both);
  await files.ini.write(effects, both);
  await files.env.write(effects, { NAME: 'Ada' });
  await files.xml.write(effects, { settings: both });
  await files.text.write(effects, 'Ada, 3');
  await files.raw.write(effects, both);
  await files.scaled.write(effects, { metres: 1.5 });
}

export async function readAll(): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const [format, file] of Object.entries(files)) read[format] = await (file as any).read().once();
  return read;
}
