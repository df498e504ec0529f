/** Calls into a package's script on behalf of the owner or of another package: actions, with who may do what. */
import { randomUUID } from 'node:crypto';
import type { ActionMetadata, ActualState } from '@hearth/contract';
import { z } from 'zod';
import { placeFiles } from './actions/file-inputs.ts';
import { type Form, Forms } from './actions/forms.ts';
import { problemsOf } from './actions/validate.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { jobStates } from './machine.ts';

const inputAnswer = z
  .object({ spec: z.record(z.string(), z.unknown()), value: z.record(z.string(), z.unknown()).nullish() })
  .nullable();

export interface ActionInput {
  readonly eventId: string;
  readonly spec: Record<string, unknown>;
  readonly value: Record<string, unknown> | null;
}

export interface ActionCall {
  readonly service: string;
  readonly action: string;
  /** Of the event this is part of; a new one when absent. */
  readonly event?: string | null | undefined;
  readonly signal?: AbortSignal;
}

export interface RunCall extends ActionCall {
  readonly input: unknown;
  /** Not another package: its input is always checked. */
  readonly byOwner?: boolean;
}

export class Scripts {
  readonly #context: Context;
  readonly #actor: (service: string) => Actor;
  readonly #ran: (service: string, action: string) => void;
  readonly #forms = new Forms();
  /** Events at work, by service: calls of the same event pass the lock, or a script would wait for itself. */
  readonly #events = new Map<string, Set<string>>();

  /** @param ran is told after an action ran */
  constructor(context: Context, actor: (service: string) => Actor, ran: (service: string, action: string) => void) {
    this.#context = context;
    this.#actor = actor;
    this.#ran = ran;
  }

  /** What an action would be run with; null when it takes nothing. */
  async getInput(call: ActionCall & { prefill: unknown }): Promise<ActionInput | null> {
    const { service, action, signal } = call;
    this.#metadata(service, action);
    const actor = this.#actor(service);
    const event = call.event ?? randomUUID();
    const form = await actor.borrow(() => this.#draw(service, action, call.prefill ?? null, event, signal), signal);
    if (form === null) return null;
    this.#forms.keep(service, action, event, form);
    return { eventId: event, ...form };
  }

  /** Of whoever sits at a terminal in one of its subcontainers. */
  terminal(service: string, method: `attach.${string}`, params: object, signal?: AbortSignal): Promise<unknown> {
    this.#context.rows.get(service);
    return this.#actor(service).container.terminal(method, params, signal);
  }

  /** @throws services.inputInvalid, with the problems, when the input does not fit the form */
  async run(call: RunCall): Promise<unknown> {
    const { service, action, signal } = call;
    const metadata = this.#metadata(service, action);
    const actor = this.#actor(service);
    const event = call.event ?? randomUUID();
    const limit = this.#context.deadlines.actionRun;
    const work = async (): Promise<unknown> => {
      await this.#check(call, event);
      this.#context.inputs.forget(service);
      const files = call.byOwner === true ? await placeFiles(this.#context.places, service, call.input) : null;
      try {
        const input = { input: (files === null ? call.input : files.input) ?? null };
        const answer = await actor.container.execute(`/actions/${action}/run`, input, event, limit, signal);
        this.#forms.drop(service, action, event);
        return answer;
      } finally {
        await files?.clear();
      }
    };
    const running = this.#events.get(service) ?? new Set();
    this.#events.set(service, running);
    if (running.has(event)) return work();
    const answer = await actor.use(
      (actual) => refuseWrongTime(service, action, metadata, actual),
      async () => {
        running.add(event);
        try {
          return await work();
        } finally {
          running.delete(event);
        }
      },
      signal,
    );
    this.#ran(service, action);
    return answer;
  }

  /** Its container must be up. */
  async #draw(
    service: string,
    action: string,
    prefill: unknown,
    event: string,
    signal: AbortSignal | undefined,
  ): Promise<Form | null> {
    const procedure = `/actions/${action}/getInput`;
    const { container } = this.#actor(service);
    const answer = await container.execute(procedure, { prefill }, event, this.#context.deadlines.actionInput, signal);
    const parsed = inputAnswer.safeParse(answer);
    if (!parsed.success) {
      const details = parsed.error.issues[0]?.message ?? 'not an input';
      throw errors.guestAnswer({ service, procedure, details });
    }
    return parsed.data === null ? null : { spec: parsed.data.spec, value: parsed.data.value ?? null };
  }

  /** By the form that was drawn for this event; for the owner's own calls it is drawn if it was not. */
  async #check({ service, action, input, signal, byOwner = false }: RunCall, event: string): Promise<void> {
    if (this.#context.rows.get(service).actions[action]?.hasInput !== true) return;
    let form = this.#forms.find(service, action, event);
    if (form === null && byOwner) {
      try {
        form = await this.#draw(service, action, null, event, signal);
      } catch (error) {
        signal?.throwIfAborted();
        // A form that cannot be drawn is no reason not to run: the script checks once more.
        this.#context.log.warn({ err: error, service, action }, 'An input could not be checked');
      }
    }
    if (form === null) return;
    const problems = problemsOf(form.spec, input ?? {}, form.value);
    const [first] = problems;
    if (first === undefined) return;
    const reason = first.path === '' ? `the input ${first.message}` : `"${first.path}" ${first.message}`;
    throw errors.inputInvalid({ service, action, reason, problems });
  }

  #metadata(service: string, action: string): ActionMetadata {
    const metadata = this.#context.rows.get(service).actions[action];
    if (metadata === undefined) throw errors.unknownAction({ service, action });
    if (typeof metadata.visibility === 'object')
      throw errors.actionDisabled({ service, action, reason: metadata.visibility.disabled });
    return metadata;
  }
}

function refuseWrongTime(service: string, action: string, metadata: ActionMetadata, actual: ActualState): void {
  if (jobStates.has(actual)) throw errors.busy({ service, verb: `run action "${action}" of`, state: actual });
  const running = actual === 'running';
  if (metadata.allowedStatuses === 'only-running' && !running)
    throw errors.actionNotNow({ service, action, wanted: 'running' });
  if (metadata.allowedStatuses === 'only-stopped' && running)
    throw errors.actionNotNow({ service, action, wanted: 'stopped' });
}
