import type { Jobs } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PluginBed, pluginBed, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import type { Notifications } from './api.ts';
import type { NotificationsConfig } from './config.ts';
import { add } from './history.ts';
import { notificationsPlugin } from './plugin.ts';
import type { Item, NotificationsState } from './state.ts';

const jobs = { read: (job: string) => (job === 'j1' ? { title: 'Install Syncthing' } : null) } as unknown as Jobs;
let bed: PluginBed;
let plugin: StartedPlugin<NotificationsConfig, NotificationsState, unknown, Notifications>;

const list = async (input = {}): Promise<Item[]> => (await plugin.call('notification.list', input)).notifications;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(async () => {
  bed = await pluginBed();
  plugin = await bed.start(notificationsPlugin, { jobs });
});
afterEach(async () => {
  await plugin.stop();
  await bed.remove();
});

describe('tells of', () => {
  test('what a package says, as it says it', async () => {
    const said = { level: 'warning', title: 'Low', message: 'Disk', data: '{}' } as const;
    plugin.events.emit('service.notification', { service: 'syncthing', ...said });
    await settled();
    expect(await list()).toEqual([
      { ...said, service: 'syncthing', seen: false, id: expect.any(String), createdAt: expect.any(Number) },
    ]);
  });

  test('work that failed, whatever it was; work that succeeded, if it took long; not what was cancelled', async () => {
    const event = { job: 'j1', service: 'syncthing', code: null, message: null };
    const failure = { ...event, job: 'j2', code: 'engine.commandMissing', message: 'Cannot run' };
    plugin.events.emit('job.finished', { ...failure, kind: 'some.job', outcome: 'failed' });
    plugin.events.emit('job.finished', { ...event, kind: 'package.install', outcome: 'succeeded' });
    plugin.events.emit('job.finished', { ...event, kind: 'package.uninstall', outcome: 'succeeded' });
    plugin.events.emit('job.finished', { ...event, kind: 'package.install', outcome: 'cancelled' });
    await settled();
    const told = (await list()).map(({ level, title, message, data }) => ({ level, title, message, data }));
    expect(told.toSorted((a, b) => a.level.localeCompare(b.level))).toEqual([
      {
        ...{ level: 'error', title: 'some.job: failed', message: 'Cannot run' },
        data: JSON.stringify({ job: 'j2', code: 'engine.commandMissing' }),
      },
      { level: 'success', title: 'Install Syncthing: done', message: '', data: JSON.stringify({ job: 'j1' }) },
    ]);
  });

  test('a name another machine has', async () => {
    plugin.events.emit('network.nameTaken', { wanted: 'family', used: 'family-2' });
    await settled();
    expect(await list()).toMatchObject([{ level: 'warning', message: expect.stringContaining('family-2.local') }]);
  });

  test('what another plugin says, cut to size', async () => {
    const id = await plugin.instance.service?.notify({ level: 'info', title: 'x'.repeat(300), message: 'm' });
    expect(await list()).toMatchObject([{ id, title: 'x'.repeat(200), service: null, data: null }]);
  });
});

describe('the owner', () => {
  test('marks and removes; a wrong id changes nothing', async () => {
    const [first, second] = [
      await plugin.instance.service!.notify({ level: 'info', title: '1', message: '' }),
      await plugin.instance.service!.notify({ level: 'info', title: '2', message: '' }),
    ];
    await plugin.call('notification.mark-seen', { ids: [first] });
    expect((await list({ unseen: true })).map(({ id }) => id)).toEqual([second]);
    for (const method of ['notification.mark-seen', 'notification.remove']) {
      for (const wrong of ['nope', '__proto__']) {
        await expect(plugin.call(method, { ids: [second, wrong] })).rejects.toMatchObject({
          code: 'notifications.unknown',
        });
      }
    }
    expect(await list({ unseen: true })).toHaveLength(1);
    await plugin.call('notification.remove', { ids: [first, second, first] });
    expect(await list()).toEqual([]);
  });

  test('finds them again after a restart', async () => {
    await plugin.instance.service!.notify({ level: 'info', title: 'kept', message: '' });
    await plugin.stop();
    plugin = await bed.start(notificationsPlugin, { jobs });
    expect(await list()).toMatchObject([{ title: 'kept' }]);
  });
});

describe('the history', () => {
  const item = (id: string, more: Partial<Item> = {}): Item => ({
    ...{ id, level: 'info', title: id, message: '', service: null, createdAt: Number(id), seen: false, data: null },
    ...more,
  });
  const after = (items: Item[], limits: NotificationsConfig): string[] => {
    const draft: NotificationsState = { items: {} };
    for (const one of items) add(draft, one, limits);
    return Object.keys(draft.items);
  };

  test('drops the oldest seen first, then the oldest, never the newest', () => {
    const items = [item('1'), item('2', { seen: true }), item('3'), item('4')];
    expect(after(items, { keep: 3, keepPerService: 9 })).toEqual(['1', '3', '4']);
    expect(after([...items, item('0')], { keep: 2, keepPerService: 9 })).toEqual(['0', '4']);
  });

  test('lets no service drive out the others', () => {
    const flood = Array.from({ length: 50 }, (_, at) => item(String(100 + at), { service: 'loud' }));
    expect(after([item('1'), ...flood], { keep: 10, keepPerService: 3 })).toEqual(['1', '147', '148', '149']);
  });
});
