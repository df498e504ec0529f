/**
 * People at a terminal in a subcontainer. The host asks: open one, give it keys, take what it showed, change its size,
 * let it go. Nothing here is held for a host that was away: its people type again.
 */
import type * as Crypto from 'node:crypto';
import type { GuestRequest } from '@hearth/contract';
import type { Programs } from '../programs/programs.ts';
import type { Ongoing } from './sandbox.ts';

type Params<M extends 'open' | 'read' | 'write' | 'resize' | 'close'> = GuestRequest<`attach.${M}`>;
interface Attached {
  readonly program: Ongoing;
  shown: Buffer[];
  size: number;
  ended: { code: number | null; signal: string | null } | null;
  wake: () => void;
  lastAsked: number;
}

const most = 16;
/** Shown and not taken; what is older is lost, as on a terminal nobody looks at. */
const mostShown = 1024 * 1024;
/** Nobody has asked for so long: it is given up. */
const abandonedMs = 120_000;
const mostWaitMs = 25_000;

export class Attachments {
  readonly #programs: Programs;
  readonly #open = new Map<string, Attached>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  /** @throws Error where there is no such method, subcontainer or attachment */
  async carryOut(method: string, params: unknown): Promise<unknown> {
    this.#sweep();
    switch (method) {
      case 'attach.open':
        return this.#begin(params as Params<'open'>);
      case 'attach.read':
        return this.#read(params as Params<'read'>);
      case 'attach.write': {
        const { attach, data } = params as Params<'write'>;
        return this.#tell(attach, 'write', [], Buffer.from(data, 'base64'));
      }
      case 'attach.resize': {
        const { attach, rows, columns } = params as Params<'resize'>;
        return this.#tell(attach, 'resize', [rows, columns]);
      }
      case 'attach.close':
        return this.#close((params as Params<'close'>).attach);
      default:
        throw new Error(`There is no method ${method}`);
    }
  }

  #begin({ subcontainer, command, user, rows, columns }: Params<'open'>): { attach: string; subcontainer: string } {
    if (this.#open.size >= most) throw new Error('Too many terminals are open');
    const sub = this.#programs.find(subcontainer);
    if (sub === null)
      throw new Error(subcontainer === null ? 'No subcontainer runs' : `There is no subcontainer "${subcontainer}"`);
    // Loaded at the first terminal: most services never see one.
    const { randomBytes }: typeof Crypto = process.getBuiltinModule('node:crypto');
    const attach = randomBytes(9).toString('base64url');
    const program = this.#programs.onTerminal(sub, { command, user, size: { rows, columns } }, (event, value, bytes) =>
      this.#hear(attach, event, value, bytes),
    );
    const attached: Attached = {
      program,
      shown: [],
      size: 0,
      ended: null,
      wake: () => undefined,
      lastAsked: Date.now(),
    };
    this.#open.set(attach, attached);
    return { attach, subcontainer: sub.name };
  }

  #hear(attach: string, event: string, value: unknown, bytes: Uint8Array | undefined): void {
    const one = this.#open.get(attach);
    if (one === undefined) return;
    if (bytes !== undefined) {
      one.shown.push(Buffer.from(bytes));
      one.size += bytes.length;
      while (one.size > mostShown && one.shown.length > 1) one.size -= one.shown.shift()?.length ?? 0;
    }
    if (event === 'exit') one.ended = value as { code: number | null; signal: string | null };
    if (event === 'failed') one.ended = { code: 127, signal: null };
    one.wake();
  }

  async #read({ attach, waitMs }: Params<'read'>): Promise<unknown> {
    const one = this.#attached(attach);
    const wait = Math.min(mostWaitMs, waitMs);
    if (one.size === 0 && one.ended === null) await this.#something(one, wait);
    const data = Buffer.concat(one.shown).toString('base64');
    one.shown = [];
    one.size = 0;
    if (one.ended !== null) this.#open.delete(attach);
    return { data, ended: one.ended };
  }

  #something(one: Attached, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      one.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tell(attach: string, name: string, args: readonly unknown[], bytes?: Uint8Array): null {
    this.#attached(attach).program.command?.(name, args, bytes);
    return null;
  }

  #close(attach: string): null {
    const one = this.#open.get(attach);
    this.#open.delete(attach);
    // As when a terminal's window is shut.
    if (one?.ended === null) one.program.command?.('kill', ['SIGHUP'], undefined);
    one?.wake();
    return null;
  }

  #attached(attach: string): Attached {
    const one = this.#open.get(attach);
    if (one === undefined) throw new Error('The terminal is closed');
    one.lastAsked = Date.now();
    return one;
  }

  #sweep(): void {
    for (const [attach, { lastAsked }] of this.#open) if (Date.now() - lastAsked > abandonedMs) this.#close(attach);
  }
}
