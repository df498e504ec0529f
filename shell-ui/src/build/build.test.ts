/** @jest-environment node */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildUi } from './build.ts';

test('the built page is hashed, whole, and asks nobody else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-ui-build-'));
  try {
    const { files } = await buildUi(folder);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const named = [...page.matchAll(/(?:src|href|content)="\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThanOrEqual(5);
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
    expect(page).not.toMatch(/<script(?![^>]*src=)|\sstyle=|\son\w+=/);
    const assets = files.filter((path) => path.startsWith('assets/') && !path.endsWith('.txt'));
    for (const path of assets) expect(path).toMatch(/-[A-Z0-9]{8}\.\w+$/);
    const script = await readFile(join(folder, files.find((path) => /main-.*\.js$/.test(path)) ?? ''), 'utf8');
    // A schema library or an eval would have come in by a careless import.
    expect(script).not.toMatch(/new Function\(/);
    expect(script.length).toBeLessThan(600_000);
    const style = await readFile(join(folder, files.find((path) => path.endsWith('.css')) ?? ''), 'utf8');
    expect(style).not.toMatch(/url\(["']?https?:/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 30_000);
