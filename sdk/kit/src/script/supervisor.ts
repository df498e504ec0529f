/**
 * All daemons of a service: started in the order of what they require, stopped in the reverse one.
 *
 * A daemon starts when everything it requires is ready. It keeps running if one of those fails later: that one is
 * started again by itself, and most programs stand a short absence better than a restart.
 */
import type { Effects } from './effects.ts';
import type { RunningDaemon } from './daemon.ts';
import type { Host } from '../node/host.ts';
import type { Watch } from './watch.ts';

const retryMs = 5000;

export interface Member {
  readonly daemon: RunningDaemon;
  readonly requires: readonly string[];
  readonly watch: Watch;
}

export class Supervisor {
  private readonly host: Host;
  private readonly members: Member[] = [];
  private readonly checks: Watch[] = [];
  private readonly begun = new Map<string, Promise<void>>();
  private ended: Promise<void> | null = null;

  constructor(host: Host) {
    this.host = host;
  }

  add(member: Member): void {
    this.members.push(member);
  }

  addCheck(watch: Watch): void {
    this.checks.push(watch);
  }

  /** Starts what can start now; the rest follows as things become ready. */
  async start(effects: Effects): Promise<void> {
    effects.onLeaveContext?.(() => this.stop());
    for (const { watch } of this.members) watch.start();
    for (const watch of this.checks) watch.start();
    await this.advance();
  }

  /** Called whenever a daemon became ready, or ceased to be. */
  onReadiness(): void {
    void this.advance().catch(async (error: unknown) => {
      this.host.log(error instanceof Error ? error.message : String(error));
      await this.host.sleep(retryMs);
      this.onReadiness();
    });
  }

  isReady(id: string): boolean {
    return this.members.some((member) => member.daemon.id === id && member.watch.ready);
  }

  private async advance(): Promise<void> {
    if (this.ended !== null) return;
    const startable = this.members.filter(
      ({ daemon, requires }) => !this.begun.has(daemon.id) && requires.every((id) => this.isReady(id)),
    );
    await Promise.all(startable.map(({ daemon }) => this.begin(daemon)));
  }

  private begin(daemon: RunningDaemon): Promise<void> {
    const started = daemon.start().catch((error: unknown) => {
      this.begun.delete(daemon.id);
      throw error;
    });
    this.begun.set(daemon.id, started);
    return started;
  }

  /** One ordered stop, shared by whoever asks. */
  stop(): Promise<void> {
    this.ended ??= this.stopAll();
    return this.ended;
  }

  private async stopAll(): Promise<void> {
    // Watches first: a daemon that ends because it was told to has not failed.
    await Promise.all([...this.checks, ...this.members.map(({ watch }) => watch)].map((watch) => watch.stop()));
    let remaining = [...this.members];
    while (remaining.length > 0) {
      const needed = new Set(remaining.flatMap(({ requires }) => requires));
      const free = remaining.filter(({ daemon }) => !needed.has(daemon.id));
      // Cycles are refused when the package is loaded; should one be here, nothing may hang for it.
      const batch = free.length > 0 ? free : remaining;
      const results = await Promise.allSettled(batch.map((member) => this.stopOne(member)));
      for (const result of results) if (result.status === 'rejected') this.host.log(String(result.reason));
      remaining = remaining.filter((member) => !batch.includes(member));
    }
  }

  private async stopOne({ daemon }: Member): Promise<void> {
    const begun = this.begun.get(daemon.id);
    if (begun === undefined) return;
    await begun.catch(() => undefined);
    await daemon.stop();
  }
}
