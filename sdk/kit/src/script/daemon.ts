/** Keeps one program running in a subcontainer of its own until it is told to stop. */
import type { Effects } from './effects.ts';
import type { Host, Program } from '../node/host.ts';
import { type ImageCommand, limited, type Limits } from './command.ts';
import { type Mount, Subcontainer } from './subcontainer.ts';
import type { StopSignal } from './types.ts';

export interface DaemonPlan {
  readonly id: string;
  readonly image: string;
  readonly mounts: readonly Mount[];
  command(): Promise<readonly string[] | ImageCommand>;
  readonly user: string | undefined;
  readonly cwd: string | undefined;
  env(): Promise<Readonly<Record<string, string>>>;
  readonly limits: Limits;
  /** It is done when it has succeeded; until then it is tried again. */
  readonly once: boolean;
  readonly stopWithinMs: number;
  readonly stopSignal: StopSignal;
}

const longestPauseMs = 30_000;
/** Running this long counts as healthy: the next end starts over with a short pause. */
const healthyAfterMs = 60_000;

export class RunningDaemon {
  /** When the program of now was started, also when it is done; null while none runs. */
  startedAt: number | null = null;
  /** A program that runs once has succeeded. */
  done = false;
  /** Called when the program was started or ended. */
  onTurn: () => void = () => undefined;
  subcontainer: Subcontainer | null = null;
  private readonly plan: DaemonPlan;
  private readonly effects: Effects;
  private readonly host: Host;
  private readonly stopping = new AbortController();
  private program: Program | null = null;
  private loop: Promise<void> | null = null;

  constructor(effects: Effects, host: Host, plan: DaemonPlan) {
    this.effects = effects;
    this.host = host;
    this.plan = plan;
  }

  get id(): string {
    return this.plan.id;
  }

  /** Resolves when the program has been started the first time; throws if even its subcontainer cannot be made. */
  async start(): Promise<void> {
    const { image, mounts, id } = this.plan;
    this.subcontainer = await Subcontainer.create(this.effects, this.host, image, id, mounts);
    if (this.stopping.signal.aborted) return this.subcontainer.destroy();
    this.loop = this.keepRunning(this.subcontainer);
  }

  private async keepRunning(subcontainer: Subcontainer): Promise<void> {
    let pauseMs = 0;
    while (!this.isStopping()) {
      const startedAt = Date.now();
      const ended = await this.runOnce(subcontainer);
      if (this.plan.once && ended === 'exit code 0') {
        this.done = true;
        return this.onTurn();
      }
      this.startedAt = null;
      if (this.isStopping()) return;
      this.onTurn();
      pauseMs = Date.now() - startedAt > healthyAfterMs ? 1000 : Math.min(longestPauseMs, pauseMs + 1000);
      this.host.log(`${this.id} ended (${ended}); starting it again in ${pauseMs / 1000} s`);
      await this.host.sleep(pauseMs, this.stopping.signal);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async runOnce(subcontainer: Subcontainer): Promise<string> {
    try {
      const { user, cwd, limits } = this.plan;
      const told = await this.plan.command();
      const command = 'fromImage' in told ? await subcontainer.imageCommand(told.fromImage) : told;
      const program = await subcontainer.spawn(limited(command, limits), {
        ...(user === undefined ? {} : { user }),
        ...(cwd === undefined ? {} : { cwd }),
        env: await this.plan.env(),
      });
      this.program = program;
      this.startedAt = Date.now();
      this.onTurn();
      // A stop that came in while the program was being started has not reached it.
      if (this.stopping.signal.aborted) program.kill(this.plan.stopSignal);
      const { code, signal } = await program.exited;
      return signal ?? `exit code ${code ?? 'unknown'}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.program = null;
    }
  }

  /** Its signal, then KILL when the time is over; then its subcontainer goes. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.program?.kill(this.plan.stopSignal);
    const ended = new AbortController();
    const killed = this.host.sleep(this.plan.stopWithinMs, ended.signal).then(() => {
      if (ended.signal.aborted) return;
      this.host.log(`${this.id} did not end within ${this.plan.stopWithinMs / 1000} s and is killed`);
      this.program?.kill('SIGKILL');
    });
    await this.loop;
    ended.abort();
    await killed;
    await this.subcontainer?.destroy();
  }
}
