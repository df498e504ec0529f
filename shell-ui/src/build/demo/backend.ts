/** The demonstration's server side: answers the methods the page calls, and tells every change as patches. */
import type { Operation } from '@hearth/contract';
import type { Methods, RegistryRow } from '../../link/methods.ts';
import type { UiState } from '../../state/slices.ts';
import { applyOperations } from '@hearth/contract';
import { formOf } from './forms.ts';
import { mailHandlers } from './mail.ts';
import { market } from './market.ts';
import { installPlan, removalPlan, settingPlan } from './plans.ts';
import { makeRow } from './row.ts';
import { demoInspection } from './plugins.ts';
import { notAsPlanned, Refusal } from './refusal.ts';
import { rescueHandlers } from './rescue.ts';
import { tokenHandlers } from './tokens.ts';
import { makeState, type Scene } from './state.ts';

export const demoPassword = 'a warm fire at home';
export const demoCode = '4711-0815';
export const demoToken = 'demo-token';

type Handlers = { readonly [M in keyof Methods]: (input: Methods[M]['input']) => Methods[M]['output'] };
type Change = (from: number, rev: number, ops: readonly Operation[]) => void;

export class Backend {
  readonly #listeners = new Set<Change>();
  readonly #now: () => number;
  #logLines = 40;
  #registries: readonly RegistryRow[] = [{ url: 'file:registry', name: 'This machine', fixed: true }];
  state: UiState;
  /** Every action that was run, with its input. */
  readonly ran: { readonly packageId: string; readonly actionId: string; readonly input?: unknown }[] = [];
  rev = 1;
  readonly epoch = 'demo';

  constructor(scene: Scene, now: () => number) {
    this.#now = now;
    this.state = makeState(scene, now());
  }

  watch(listener: Change): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  commit(ops: readonly Operation[]): { rev: number } {
    const from = this.rev;
    this.state = applyOperations(this.state as Record<string, unknown>, ops);
    this.rev += 1;
    for (const listener of this.#listeners) listener(from, this.rev, ops);
    return { rev: this.rev };
  }

  call(method: string, input: unknown): unknown {
    if (!Object.hasOwn(this.#handlers, method)) {
      throw new Refusal('rpc.unknownMethod', -32601, `Cannot find method "${method}"`);
    }
    return (this.#handlers[method as keyof Methods] as (input: unknown) => unknown)(input);
  }

  /** What anyone may call. */
  static isOpen(method: string): boolean {
    return ['setup.status', 'setup.execute', 'auth.login', 'server.status'].includes(method);
  }

  #move(id: string, desired: 'running' | 'stopped', actual: 'starting' | 'stopping', then: 'running' | 'stopped') {
    const path = ['services', id, 'status'];
    const row = this.state.services?.[id];
    if (row === undefined) throw new Refusal('services.notFound', -32004, `Cannot find service "${id}"`);
    const answer = this.commit([
      [path, { ...row.status, desired, actual, reason: 'Asked for by you', since: this.#now() }],
    ]);
    setTimeout(() => {
      const startedAt = then === 'running' ? this.#now() : null;
      this.commit([
        [path, { ...row.status, desired, actual: then, reason: 'Asked for by you', since: this.#now(), startedAt }],
      ]);
    }, 1200).unref();
    return answer;
  }

  readonly #handlers: Handlers = {
    'server.status': () => ({ mode: this.state.boot?.mode ?? 'running', plugins: this.state.boot?.plugins ?? [] }),
    ...rescueHandlers,
    ...tokenHandlers,
    'setup.status': () => {
      if (this.state.boot?.mode === 'diagnostic') throw new Refusal('rpc.unknownMethod', -32601, 'Cannot find method');
      return { setUp: this.state.server?.setUp === true, codeRequired: true };
    },
    'setup.execute': ({ code, name }) => {
      if (code !== demoCode) throw new Refusal('accounts.wrongCode', -32002, 'Cannot set up the server: wrong code');
      this.commit([
        [['server', 'name'], name],
        [['server', 'setUp'], true],
      ]);
      return { token: demoToken };
    },
    'auth.login': ({ password }) => {
      if (password !== demoPassword)
        throw new Refusal('accounts.wrongPassword', -32002, 'Cannot log in: the password is wrong');
      return { token: demoToken };
    },
    'auth.logout': () => null,
    'auth.whoami': () => ({ kind: 'user' }),
    'auth.session.list': () => ({
      sessions: [
        {
          id: 's1',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36',
          clientAddress: '192.168.1.30',
          createdAt: this.#now() - 86_400_000,
          lastSeen: this.#now(),
          current: true,
        },
        {
          id: 's2',
          userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1',
          clientAddress: '192.168.1.44',
          createdAt: this.#now() - 9 * 86_400_000,
          lastSeen: this.#now() - 7_200_000,
          current: false,
        },
      ],
    }),
    'auth.session.kill': () => null,
    'auth.reset-password': ({ oldPassword }) => {
      if (oldPassword !== demoPassword) throw new Refusal('accounts.wrongPassword', -32002, 'Wrong password');
      return null;
    },
    ...mailHandlers((ops) => this.commit(ops)),
    'package.start': ({ id, withDependencies }) => {
      const needs = Object.keys(this.state.services?.[id]?.dependencies ?? {});
      const stopped = needs.filter((need) => this.state.services?.[need]?.status.desired === 'stopped');
      const missing = needs.filter((need) => this.state.services?.[need] === undefined);
      if (withDependencies === undefined && stopped.length > 0) {
        const data = { service: id, others: stopped.join(', '), stopped, missing };
        throw new Refusal('services.needsOthers', -32005, `Cannot start service "${id}": it needs others`, data);
      }
      if (withDependencies === true) for (const need of stopped) this.#move(need, 'running', 'starting', 'running');
      return this.#move(id, 'running', 'starting', 'running');
    },
    'package.stop': ({ id }) => this.#move(id, 'stopped', 'stopping', 'stopped'),
    'package.restart': ({ id }) => this.#move(id, 'running', 'stopping', 'running'),
    'package.rebuild': ({ id }) => ({ ...this.#move(id, 'running', 'stopping', 'running'), job: 'job-2' }),
    'package.uninstall': ({ id, soft, plan }) => {
      notAsPlanned(plan, removalPlan(this.state, id, soft));
      return { ...this.commit([[['services', id]]]), job: 'job-2' };
    },
    'package.logs': ({ after }) => {
      const from = after === undefined ? 0 : Number(after);
      if (after !== undefined) this.#logLines += 1;
      const entries = Array.from({ length: this.#logLines - from }, (_, step) => logLine(from + step, this.#now()));
      return { entries, cursor: String(this.#logLines) };
    },
    'package.stats': () => ({
      memory: 148_000_000,
      memoryLimit: 1_073_741_824,
      cpuSeconds: this.#now() / 40_000,
      pids: 17,
    }),
    'marketplace.plan': ({ id, version }) => installPlan(this.state, id, version ?? null),
    'package.plan': (asked) => {
      if (asked.action === 'uninstall') return removalPlan(this.state, asked.id, asked.soft === true);
      // Whatever file it is: the next version of one that is there.
      if (asked.action === 'sideload') return installPlan(this.state, 'syncthing', null);
      return settingPlan(this.state, asked.id, asked.input);
    },
    'package.set-limits': ({ id, ...limits }) => ({
      ...this.commit([[['services', id, 'limits'], limits]]),
      applied: true,
      unkept: limits.ioWeight === null ? [] : ['ioWeight'],
    }),
    'package.sideload': ({ plan }) => {
      notAsPlanned(plan, installPlan(this.state, 'syncthing', null));
      return { job: 'job-1', rev: this.rev };
    },
    'package.install': ({ id }) => this.#install(id),
    'package.action.get-input': ({ actionId, prefill }) => formOf(actionId, prefill ?? null),
    'package.action.run': (given) =>
      this.ran.push(given) > 0 && given.actionId === 'show-credentials'
        ? {
            version: '1',
            title: 'Login of Syncthing',
            message: 'Use it once; the browser remembers it.',
            result: {
              type: 'group',
              value: [
                { type: 'single', name: 'Name', value: 'owner', copyable: true, qr: false, masked: false },
                { type: 'single', name: 'Password', value: 'hq7-lark-ember', copyable: true, qr: true, masked: true },
              ],
            },
          }
        : null,
    'package.action.clear-task': ({ packageId, replayId }) =>
      this.commit([[['services', packageId, 'tasks', replayId, 'active'], false]]),
    'job.cancel': ({ job }) => this.commit([[['jobs', job, 'state'], 'cancelled']]),
    'registry.list': () => ({ registries: this.#registries }),
    'registry.add': ({ url }) => {
      if (!/^https?:/.test(url))
        throw new Refusal('marketplace.registryAddress', -32602, `Cannot use "${url}"`, { url });
      this.#registries = [...this.#registries, { url, name: new URL(url).hostname, fixed: false }];
      return { rev: this.rev };
    },
    'registry.remove': ({ url }) => {
      this.#registries = this.#registries.filter((row) => row.url !== url);
      return { rev: this.rev };
    },
    'marketplace.list': () => ({ packages: market }),
    'backup.target.add': ({ name, path, kind = 'folder', settings }) => {
      if (path?.startsWith('/var') === true) {
        throw new Refusal(
          'backup.insideData',
          -32602,
          `Cannot keep backups in "${path}": it lies where the data itself is`,
        );
      }
      this.commit([[['backup', 'targets', 'added'], { id: 'added', name, kind, path, settings, lastRun: null }]]);
      return { id: 'added' };
    },
    'backup.target.remove': ({ id }) => this.commit([[['backup', 'targets', id]]]),
    'backup.create': () => ({ job: 'job-1', rev: this.rev }),
    'backup.snapshot.list': () => ({
      snapshots: [1, 2, 3, 4, 5, 6].flatMap((days) =>
        ['syncthing', 'vaultwarden'].map((service, at) => ({
          id: `${days}${at}`.padEnd(64, '0'),
          time: this.#now() - days * 86_400_000 + at * 60_000,
          service,
          version: '1.29.5:0',
          title: null,
        })),
      ),
    }),
    'package.backup.restore': () => ({ job: 'job-1', rev: this.rev }),
    'plugin.inspect': () => demoInspection(this.state.plugins?.['hello-garden']),
    'plugin.install': ({ grant }) => ({
      id: 'hello-garden',
      ...this.commit([[['plugins', 'hello-garden', 'version'], grant.length > 0 ? '1.3.0' : '1.2.0']]),
    }),
    'plugin.grant': ({ id, capabilities }) => {
      const asked = this.state.plugins?.[id]?.asked ?? [];
      return this.commit([
        [['plugins', id, 'granted'], asked.filter(({ capability }) => capabilities.includes(capability))],
      ]);
    },
    'plugin.enable': ({ id }) => this.commit([[['plugins', id, 'enabled'], true]]),
    'plugin.disable': ({ id }) => this.commit([[['plugins', id, 'enabled'], false]]),
    'plugin.remove': ({ id }) => this.commit([[['plugins', id]]]),
    'notification.mark-seen': ({ ids }) => this.commit(ids.map((id) => [['notifications', 'items', id, 'seen'], true])),
    'notification.remove': ({ ids }) => this.commit(ids.map((id) => [['notifications', 'items', id]])),
  };

  #install(id: string): { job: string; rev: number } {
    const found = market.find((one) => one.id === id);
    const now = this.#now();
    const row = makeRow(
      {
        id,
        title: found?.title ?? id,
        version: found?.versions[0]?.version ?? '1.0.0:0',
        short: found?.short ?? '',
        long: found?.long ?? '',
        index: 20,
        job: 'job-2',
        status: {
          desired: 'stopped',
          actual: 'installing',
          reason: 'Being installed',
          since: now,
          deadline: null,
          startedAt: null,
          crashes: 0,
        },
      },
      now,
    );
    return {
      job: 'job-2',
      ...this.commit([
        [['services', id], row],
        [
          ['jobs', 'job-2'],
          {
            id: 'job-2',
            kind: 'package.install',
            service: id,
            title: `Install ${row.manifest.title}`,
            state: 'running',
            step: 'fetch',
            cancellable: true,
            startedAt: now,
            finishedAt: null,
            error: null,
            result: null,
          },
        ],
      ]),
    };
  }
}

function logLine(number: number, now: number): { time: number; source: string; text: string } {
  const texts = [
    'INFO: Folder "Photos" is up to date',
    'INFO: Connection to LAPTOP-7 established over tcp4',
    'INFO: Scanning folder "Documents"',
    'WARNING: Could not reach relay, trying the next',
    'INFO: Completed initial scan of 1,204 files',
  ];
  return {
    time: now - Math.max(0, 400 - number) * 1000,
    source: number % 7 === 0 ? 'guest' : 'syncthing',
    text: texts[number % texts.length] ?? '',
  };
}
