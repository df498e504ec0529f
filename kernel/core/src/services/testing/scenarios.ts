/** Every journalled job on services, each as it is asked for and from where it starts. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRow, PackageSource } from '@hearth/contract';
import { generateKey } from '@hearth/s9pk/node';
import type { Effects, Script } from './fake-guest.ts';
import { makePackage } from './fake-package.ts';
import { actual, type House, type Kernel } from './house.ts';

const port = {
  id: 'main',
  internalPort: 80,
  preferredExternalPort: 8090,
  addSsl: null,
  secure: null,
};
/** One for all: archives of two houses are the same. */
const key = generateKey();
const upload = 'c'.repeat(32);

/** A house with two versions of an app on its shelf, which keeps data, and another service that needs it. */
export class Stage {
  readonly house: House;
  readonly revisions: Record<string, string> = {};
  readonly source: PackageSource;

  constructor(house: House) {
    this.house = house;
    this.source = {
      ...house.shelf,
      fill: (_input, service) => {
        house.machine.kept.write(service, 'book', 'from the backup');
        house.machine.versions.set(service, '1.0:0');
        return Promise.resolve();
      },
    };
  }

  async furnish(): Promise<void> {
    const { folder } = this.house;
    const one = await makePackage(join(folder, 'one'), 'app', { key });
    const manifest = { version: '2.0:0', volumes: ['main', 'more'] };
    const two = await makePackage(join(folder, 'two'), 'app', { key, manifest });
    await makePackage(join(folder, 'user'), 'user', { key });
    Object.assign(this.revisions, { one: one.rootSighash, two: two.rootSighash });
    this.script('one', {});
    this.script('two', {});
    this.house.machine.scripts.set('user', {
      init: async (_kind, effects) => {
        const needed = { kind: 'running', id: 'app', healthChecks: [], versionRange: '*' };
        await effects.call('set-dependencies', { dependencies: [needed] });
      },
      main: healthy,
    });
  }

  /** What a version of the app does: keeps its book, has a port, and is healthy; `more` may break any of it. */
  script(file: 'one' | 'two', more: Script): void {
    const { kept, versions, scripts } = this.house.machine;
    const version = file === 'one' ? '1.0:0' : '2.0:0';
    const write = (text: string): void => {
      kept.write('app', 'book', text);
      versions.set('app', version);
    };
    scripts.set(`app ${this.revisions[file]}`, {
      main: healthy,
      ...more,
      init: async (kind, effects) => {
        await effects.call('bind', port);
        if (kind === 'install') write(`opened by ${version}`);
        if (kind === 'update') {
          write(`taken over by ${version}`);
          kept.write('app', `new in ${version}`, 'x');
        }
        await more.init?.(kind, effects);
      },
    });
  }

  boot(scale = 0.02): Promise<Kernel> {
    return this.house.boot(scale, [this.source]);
  }

  request(file: string, more: object = {}) {
    return {
      id: file === 'user' ? 'user' : 'app',
      title: 'The app',
      source: 'shelf',
      input: { file },
      start: true,
      ...more,
    };
  }

  /** Installs and waits until it runs. */
  async put(kernel: Kernel, file: string): Promise<void> {
    const request = this.request(file);
    const { job } = await kernel.services.install(request);
    const row = await kernel.jobs.wait(job);
    if (row.state !== 'succeeded') throw new Error(JSON.stringify(row.error));
    await actual(kernel, request.id, 'running');
  }

  async upload(file: string): Promise<void> {
    const folder = join(this.house.places.staging, 'uploads');
    await mkdir(folder, { recursive: true });
    await copyFile(join(this.house.folder, file), join(folder, upload));
  }
}

async function healthy(effects: Effects): Promise<void> {
  await effects.call('set-health', { id: 'web', name: 'Web', result: 'success', message: null });
}

export type Begun = { job: string; rev: number };

export interface Scenario {
  /** Brings the machine to where the job starts. */
  prepare(stage: Stage, kernel: Kernel): Promise<void>;
  begin(stage: Stage, kernel: Kernel): Promise<Begun>;
}

const call = (kernel: Kernel, name: string, input: object): Promise<Begun> => {
  const method = kernel.methods.get(name);
  const context = { signal: new AbortController().signal } as never;
  return method?.run(method.input.parse(input), context) as Promise<Begun>;
};

const removed = async (kernel: Kernel, keepData: boolean): Promise<JobRow> =>
  kernel.jobs.wait((await kernel.services.uninstall('app', { keepData, force: false })).job);

export const scenarios: Readonly<Record<string, Scenario>> = {
  install: {
    prepare: () => Promise.resolve(),
    begin: (stage, kernel) => kernel.services.install(stage.request('one')),
  },
  'install over kept data': {
    prepare: async (stage, kernel) => {
      await stage.put(kernel, 'one');
      await removed(kernel, true);
    },
    begin: (stage, kernel) => kernel.services.install(stage.request('two')),
  },
  sideload: {
    prepare: (stage) => stage.upload('one'),
    begin: (_stage, kernel) => call(kernel, 'package.sideload', { upload }),
  },
  restore: {
    prepare: () => Promise.resolve(),
    begin: (stage, kernel) => kernel.services.install(stage.request('one', { restore: true })),
  },
  update: {
    prepare: async (stage, kernel) => {
      await stage.put(kernel, 'one');
      await stage.put(kernel, 'user');
    },
    begin: (stage, kernel) => kernel.services.install(stage.request('two')),
  },
  'update of a stopped service': {
    prepare: async (stage, kernel) => {
      await stage.put(kernel, 'one');
      await kernel.services.stop('app');
      await actual(kernel, 'app', 'stopped');
    },
    begin: (stage, kernel) => kernel.services.install(stage.request('two')),
  },
  downgrade: {
    prepare: (stage, kernel) => stage.put(kernel, 'two'),
    begin: (stage, kernel) => kernel.services.install(stage.request('one')),
  },
  'sideload of another version': {
    prepare: async (stage, kernel) => {
      await stage.put(kernel, 'one');
      await stage.upload('two');
    },
    begin: (_stage, kernel) => call(kernel, 'package.sideload', { upload }),
  },
  uninstall: {
    prepare: (stage, kernel) => stage.put(kernel, 'one'),
    begin: (_stage, kernel) => kernel.services.uninstall('app', { keepData: false, force: false }),
  },
  'uninstall, data kept': {
    prepare: (stage, kernel) => stage.put(kernel, 'one'),
    begin: (_stage, kernel) => kernel.services.uninstall('app', { keepData: true, force: false }),
  },
  'uninstall by force': {
    prepare: async (stage, kernel) => {
      stage.script('one', { exit: () => Promise.reject(new Error('still needed')) });
      await stage.put(kernel, 'one');
    },
    begin: (_stage, kernel) => kernel.services.uninstall('app', { keepData: false, force: true }),
  },
  'removal of kept data': {
    prepare: async (stage, kernel) => {
      await stage.put(kernel, 'one');
      await removed(kernel, true);
    },
    begin: (_stage, kernel) => kernel.services.uninstall('app', { keepData: false, force: false }),
  },
  rebuild: {
    prepare: (stage, kernel) => stage.put(kernel, 'one'),
    begin: (_stage, kernel) => call(kernel, 'package.rebuild', { id: 'app' }),
  },
};
