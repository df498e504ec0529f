import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPackage } from '@hearth/sdk/testing';

test('it has a page from the start, and is healthy when that answers', async () => {
  const service = await openPackage(import.meta.dirname);
  await service.install();
  assert.match(service.read('data', 'index.html') ?? '', /Hello/);
  await service.start();
  await service.until(() => service.health['web'] === 'starting', 'it is starting');
  service.machine.webUp = true;
  await service.until(() => service.health['web'] === 'success', 'the page answers');
  await service.stop();
});
