/**
 * Disk limits where the file system keeps none: looked at from time to time, and as soon as so much of the disk has gone
 * that one of them may have been passed. A service that takes more than it may is stopped, and its owner is told; what it
 * wrote stays.
 */
import type { ServiceRow } from '@hearth/contract';
import { Alarm } from '../alarm.ts';
import { type Context, titleOf } from '../context.ts';
import { errors } from '../errors.ts';
import { limitsOf } from './limits.ts';

/** The owner is told once that it comes near. */
const near = 0.9;
/** Beyond this much of its limit it is not asked any longer. */
const farBeyond = 1.25;
/** Looking takes the disk too: at most this share of the time. */
const share = 0.05;

type Needs = Pick<Context, 'rows' | 'engine' | 'events' | 'host' | 'deadlines' | 'log' | 'now'>;

export class DiskWatch {
  readonly #context: Needs;
  readonly #stop: (service: string, options: { readonly force: boolean }) => Promise<unknown>;
  readonly #alarm = new Alarm();
  readonly #told = new Set<string>();
  #closed = false;
  /** Of the last look: when the next is due, what was free, and how much less makes it due at once. */
  #last = { due: 0, free: 0, spare: 0 };

  constructor(context: Needs, stop: (service: string, options: { readonly force: boolean }) => Promise<unknown>) {
    this.#context = context;
    this.#stop = stop;
  }

  start(): void {
    this.#closed = false;
    if (!this.#context.host().unkept.includes('disk')) return;
    this.#last = { due: 0, free: 0, spare: 0 };
    this.#later();
  }

  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
  }

  #later(): void {
    if (!this.#closed) this.#alarm.set(this.#context.deadlines.diskGlance, () => void this.#glance());
  }

  /** Cheap: what is free tells whether looking closer can find anything. */
  async #glance(): Promise<void> {
    const { engine, log, now } = this.#context;
    try {
      const limited = this.#limited();
      if (limited.length > 0) {
        const { diskFree } = await engine.call('host.usage', {});
        if (now() >= this.#last.due || this.#last.free - diskFree >= this.#last.spare)
          await this.#look(limited, diskFree);
      }
    } catch (error) {
      log.warn({ err: error }, 'The room on the disk was not looked at');
    }
    this.#later();
  }

  #limited(): readonly (readonly [row: ServiceRow, limit: number])[] {
    const { rows, host } = this.#context;
    return rows.all().flatMap((row) => {
      const { disk } = limitsOf(row, host());
      return disk === null || row.status.startedAt === null || row.job !== null ? [] : [[row, disk] as const];
    });
  }

  async #look(limited: readonly (readonly [row: ServiceRow, limit: number])[], free: number): Promise<void> {
    const { log, now, deadlines } = this.#context;
    const began = now();
    let spare = Infinity;
    for (const [row, limit] of limited) {
      try {
        spare = Math.min(spare, await this.#judge(row, limit));
      } catch (error) {
        log.warn({ err: error, service: row.id }, 'The disk use of a service was not looked at');
      }
    }
    const took = now() - began;
    this.#last = { due: now() + Math.max(deadlines.diskLook, took / share), free, spare: Math.max(spare, 0) };
  }

  /** @returns how much more it may take */
  async #judge(row: ServiceRow, limit: number): Promise<number> {
    const { engine, rows } = this.#context;
    const { id: service } = row;
    const { bytes } = await engine.call('volume.measure', { service });
    if (bytes < limit * near) {
      this.#told.delete(service);
      return limit - bytes;
    }
    if (bytes <= limit) {
      if (!this.#told.has(service)) this.#tell(row, 'warning', 'is near its disk limit', bytes, limit);
      this.#told.add(service);
      return limit - bytes;
    }
    const { code, message } = errors.diskLimit({ service, bytes, limit });
    this.#tell(row, 'error', 'took more disk than it may, and was stopped', bytes, limit);
    await rows.changeIfThere(service, 'service.diskLimit', (changed) => {
      changed.error = { code, message, details: null };
    });
    await this.#stop(service, { force: bytes > limit * farBeyond });
    return Infinity;
  }

  #tell(row: ServiceRow, level: 'warning' | 'error', what: string, bytes: number, limit: number): void {
    const megabytes = (count: number): string => `${Math.ceil(count / 1e6).toLocaleString('en')} MB`;
    this.#context.events.emit('service.notification', {
      ...{ service: row.id, level, title: `${titleOf(row.manifest)} ${what}`, data: null },
      message: `Its data takes ${megabytes(bytes)}; ${megabytes(limit)} are allowed. Its limits can be changed.`,
    });
  }
}
