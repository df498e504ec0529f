/**
 * Points Web Awesome's icons at our own sprite. Must be imported before any of its components: its default library asks
 * a foreign host, and an icon drawn once keeps where it came from.
 */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';

/** Address of one icon; an empty page has no sprite. */
export function iconUrl(name: string): string {
  const sprite = document.querySelector<HTMLMetaElement>('meta[name="hearth-icons"]')?.content ?? '';
  return `${sprite}#${name}`;
}

for (const library of ['default', 'system']) {
  registerIconLibrary(library, { resolver: iconUrl, spriteSheet: true });
}
