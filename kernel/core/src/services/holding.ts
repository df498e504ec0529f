/** A service that lets others move first: for how long at most, and what its row says meanwhile. */
import type { ServiceRow } from '@hearth/contract';
import { type Context, titleOf } from './context.ts';
import { toComeFirst, toGoFirst } from './order.ts';

export class Holding {
  readonly #service: string;
  readonly #context: Pick<Context, 'rows' | 'deadlines' | 'now'>;
  /** When it began, and when it ends at the latest. */
  #span: { readonly until: number } | null = null;

  constructor(service: string, context: Pick<Context, 'rows' | 'deadlines' | 'now'>) {
    this.#service = service;
    this.#context = context;
  }

  /** When it goes on whatever the others do; null while it does not hold back. */
  get until(): number | null {
    return this.#span?.until ?? null;
  }

  /** A sentence about whom it waits for; null when it may go on. */
  first(move: 'start' | 'stop'): string | null {
    const { rows, deadlines, now } = this.#context;
    const read = (id: string): ServiceRow | null => rows.read(id);
    const others = move === 'start' ? toComeFirst(read, this.#service) : toGoFirst(read, rows.all(), this.#service);
    if (others.length === 0) return null;
    this.#span ??= {
      until: now() + (move === 'start' ? deadlines.bootDependency : deadlines.stop + deadlines.containerStop),
    };
    if (now() >= this.#span.until) return null;
    return `Waiting for ${others.map(({ manifest }) => titleOf(manifest)).join(', ')} to ${move}`;
  }

  /** It goes on. */
  end(): void {
    this.#span = null;
  }

  /** Says so in its row. */
  async tell(reason: string): Promise<void> {
    const { rows } = this.#context;
    if (rows.read(this.#service)?.status.reason === reason) return;
    await rows.changeIfThere(this.#service, 'service.hold', (row) => {
      row.status.reason = reason.slice(0, 500);
    });
  }
}
