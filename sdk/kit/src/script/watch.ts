/** Asks a check again and again, and tells the host what came out. */
import type { Check, CheckContext, Health } from './checks.ts';
import type { Effects } from './effects.ts';

const whilePendingMs = 1000;
const settledMs = 30_000;

export interface Watched {
  readonly id: string;
  /** null: not shown to anybody. */
  readonly name: string | null;
  readonly check: Check;
  readonly graceMs: number;
  /** Milliseconds since 1970; null while what is checked does not run. */
  startedAt(): number | null;
  /** Something it stands on is not ready: the check is not made. */
  isWaiting(): boolean;
  context(): CheckContext;
}

export class Watch {
  health: Health = { result: 'waiting', message: null };
  private readonly watched: Watched;
  private readonly effects: Effects;
  private readonly onChange: () => void;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | null = null;
  private told = '';
  private pause = new AbortController();

  constructor(effects: Effects, watched: Watched, onChange: () => void) {
    this.effects = effects;
    this.watched = watched;
    this.onChange = onChange;
  }

  get ready(): boolean {
    return this.health.result === 'success' || this.health.result === 'disabled';
  }

  start(): void {
    this.loop ??= this.run();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { host } = this.watched.context();
    while (!signal.aborted) {
      // From here on a wake shortens the coming pause, also one that comes while the check is made.
      this.pause = new AbortController();
      const health = await this.look();
      // An end that was asked for is not told as a failure.
      if (this.stopping.signal.aborted) return;
      const changed = health.result !== this.health.result;
      this.health = health;
      await this.tell();
      if (changed) this.onChange();
      await host.sleep(this.ready ? settledMs : whilePendingMs, this.pause.signal);
    }
  }

  /** Something happened: looks now instead of after the pause. */
  wake(): void {
    this.pause.abort();
  }

  private async look(): Promise<Health> {
    const startedAt = this.watched.startedAt();
    if (this.watched.isWaiting()) return { result: 'waiting', message: null };
    if (startedAt === null) return { result: 'starting', message: null };
    try {
      const health = await this.watched.check(this.watched.context());
      const young = Date.now() - startedAt < this.watched.graceMs;
      return health.result === 'failure' && young ? { result: 'starting', message: null } : health;
    } catch (error) {
      return { result: 'failure', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Again each time it was looked at while it is pending, but a settled state once is enough. */
  private async tell(): Promise<void> {
    const { id, name } = this.watched;
    const state = JSON.stringify(this.health);
    if (name === null || state === this.told) return;
    const { result, message } = this.health;
    await this.effects.setHealth({ id, name, result, message }).then(
      () => (this.told = state),
      () => undefined,
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.pause.abort();
    await this.loop;
  }
}
