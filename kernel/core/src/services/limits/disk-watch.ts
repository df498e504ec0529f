/**
 * Disk limits where the file system keeps none: looked at from time to time. A service that takes more than it may is
 * stopped, and its owner is told; what it wrote stays.
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

  constructor(context: Needs, stop: (service: string, options: { readonly force: boolean }) => Promise<unknown>) {
    this.#context = context;
    this.#stop = stop;
  }

  start(): void {
    this.#closed = false;
    if (!this.#context.host().unkept.includes('disk')) return;
    this.#later(0);
  }

  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
  }

  #later(tookMs: number): void {
    const { diskLook } = this.#context.deadlines;
    if (!this.#closed) this.#alarm.set(Math.max(diskLook, tookMs / share), () => void this.#look());
  }

  async #look(): Promise<void> {
    const { rows, host, log, now } = this.#context;
    const began = now();
    for (const row of rows.all()) {
      const { disk } = limitsOf(row, host());
      if (disk === null || row.status.startedAt === null || row.job !== null) continue;
      try {
        await this.#judge(row, disk);
      } catch (error) {
        log.warn({ err: error, service: row.id }, 'The disk use of a service was not looked at');
      }
    }
    this.#later(now() - began);
  }

  async #judge(row: ServiceRow, limit: number): Promise<void> {
    const { engine, rows } = this.#context;
    const { id: service } = row;
    const { bytes } = await engine.call('volume.measure', { service });
    if (bytes < limit * near) {
      this.#told.delete(service);
      return;
    }
    if (bytes <= limit) {
      if (!this.#told.has(service)) this.#tell(row, 'warning', 'is near its disk limit', bytes, limit);
      this.#told.add(service);
      return;
    }
    const { code, message } = errors.diskLimit({ service, bytes, limit });
    this.#tell(row, 'error', 'took more disk than it may, and was stopped', bytes, limit);
    await rows.changeIfThere(service, 'service.diskLimit', (changed) => {
      changed.error = { code, message, details: null };
    });
    await this.#stop(service, { force: bytes > limit * farBeyond });
  }

  #tell(row: ServiceRow, level: 'warning' | 'error', what: string, bytes: number, limit: number): void {
    const megabytes = (count: number): string => `${Math.ceil(count / 1e6).toLocaleString('en')} MB`;
    this.#context.events.emit('service.notification', {
      ...{ service: row.id, level, title: `${titleOf(row.manifest)} ${what}`, data: null },
      message: `Its data takes ${megabytes(bytes)}; ${megabytes(limit)} are allowed. Its limits can be changed.`,
    });
  }
}
