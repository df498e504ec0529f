/** How the demonstration's server says no. */
import type { ServicePlan } from '@hearth/contract';

export class Refusal extends Error {
  readonly code: string;
  readonly rpc: number;

  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, rpc: number, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.rpc = rpc;
    this.data = data;
  }
}

/** @throws Refusal unless what is asked for is what was shown */
export function notAsPlanned(plan: string | undefined, { id, service }: ServicePlan): void {
  if (plan === id) return;
  throw new Refusal('services.notAsPlanned', -32005, `Cannot change "${service}": it is not what the plan showed`);
}
