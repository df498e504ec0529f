/** One SVG file with all icons, so that the page asks for them once and from its own origin only. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names under which Web Awesome's own controls look for icons, and ours that stand for them. */
const aliases: Readonly<Record<string, string>> = {
  xmark: 'x',
  'circle-xmark': 'circle-x',
  'eye-slash': 'eye-off',
  'grip-vertical': 'ellipsis-vertical',
};

const drawing =
  'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"';

export async function buildSprite(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.svg')).sort();
  const shapes = new Map<string, string>();
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(text)?.[1] ?? '';
    shapes.set(name.slice(0, -'.svg'.length), inner.replaceAll(/\s+/g, ' ').trim());
  }
  for (const [alias, name] of Object.entries(aliases)) shapes.set(alias, shapes.get(name) ?? '');
  const symbols = [...shapes].map(([name, inner]) => `<symbol id="${name}" ${drawing}>${inner}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide icons, ISC licence, Copyright (c) Lucide Icons and Contributors -->${symbols.join('')}</svg>\n`;
}
