/**
 * Every moment in which a kernel can die or be refused, numbered: before and after each call of the engine, before and
 * after each write to the journal. A run without a fault counts them; then each of them is tried.
 */
import { HearthError } from '@hearth/contract';

/** `kill`: the process is gone. `refuse`: the disk is full, once. `full`: it stays so until `disarm`. */
export type Fault = 'kill' | 'refuse' | 'full';

export class Faults {
  /** What was passed since `arm`, in order. */
  readonly passed: string[] = [];
  /** Takes the kernel's breath away. */
  onKill: () => void = () => undefined;
  #place = Number.POSITIVE_INFINITY;
  #how: Fault = 'kill';
  #armed = false;
  #struck = Promise.withResolvers<void>();

  /** Counts from here on, and strikes at `place`. Resolves when it has. */
  arm(place: number, how: Fault): Promise<void> {
    this.passed.length = 0;
    this.#place = place;
    this.#how = how;
    this.#armed = true;
    this.#struck = Promise.withResolvers<void>();
    return this.#struck.promise;
  }

  disarm(): void {
    this.#armed = false;
  }

  /** Throws, never returns, or lets pass. */
  point(name: string): Promise<void> | void {
    if (!this.#armed) return;
    const place = this.passed.push(name) - 1;
    const lasting = this.#how === 'full' && place > this.#place && writes(name);
    if (place !== this.#place && !lasting) return;
    this.#struck.resolve();
    if (this.#how === 'kill') {
      this.onKill();
      return new Promise(() => undefined);
    }
    throw new HearthError({ code: 'engine.commandFailed', kind: 'INTERNAL', message: 'No space left on device' });
  }
}

/** On a full disk one still reads and removes; engine calls that take away, or only look, succeed. */
function writes(name: string): boolean {
  return /journal|start|import|create|snapshot|write/.test(name) && name.startsWith('before');
}
