import type { EffectName, EffectParams } from '@hearth/contract';

/** Who asks: told by the socket it came in by, never by the message. */
export interface EffectCall {
  readonly service: string;
  /** The event (an action's run, an init) it is part of, if its script says so. */
  readonly event: string | null;
}

export type Handler<E extends EffectName> = (params: EffectParams<E>, call: EffectCall) => unknown;
export type Handlers<E extends EffectName = EffectName> = { readonly [N in E]: Handler<N> };

/** `packageId` absent means the caller itself. */
export function targetOf(params: { readonly packageId?: string | null | undefined }, call: EffectCall): string {
  return params.packageId ?? call.service;
}
