/** JSON-RPC 2.0: from a body to calls, from answers to a body. Pure but for the `call` it is given. */
import { HearthError } from '@hearth/contract';
import { newCallId } from './dispatcher.ts';
import { invalidRequest, parseError, type RpcError, toRpcError } from './wire-errors.ts';

export const largestRpcBatch = 50;

type Id = string | number | null;
export type RpcResponse =
  | { readonly jsonrpc: '2.0'; readonly id: Id; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: Id; readonly error: RpcError };

export type CallMethod = (method: string, input: unknown, callId: string) => Promise<unknown>;

export interface EnvelopeAnswer {
  /** 200, but for authentication and envelope errors of a single call. */
  readonly status: number;
  /** Null when there is nothing to say: notifications only. */
  readonly body: RpcResponse | readonly RpcResponse[] | null;
}

/** Answers one body. Never throws. */
export async function answerBody(text: string, call: CallMethod): Promise<EnvelopeAnswer> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 400, body: failure(null, parseError) };
  }
  if (!Array.isArray(value)) {
    const { status, response } = await answerOne(value, call);
    return { status, body: response };
  }
  if (value.length === 0 || value.length > largestRpcBatch) return { status: 400, body: failure(null, invalidRequest) };
  const responses: RpcResponse[] = [];
  // One after the other: a batch is an order, and may not be a lever.
  for (const each of value as unknown[]) {
    const { response } = await answerOne(each, call);
    if (response !== null) responses.push(response);
  }
  return { status: responses.length === 0 ? 204 : 200, body: responses.length === 0 ? null : responses };
}

async function answerOne(value: unknown, call: CallMethod): Promise<{ status: number; response: RpcResponse | null }> {
  const request = readRequest(value);
  if (request === null) return { status: 400, response: failure(idOf(value) ?? null, invalidRequest) };
  const { id, method, params } = request;
  const callId = newCallId();
  try {
    const result = await call(method, params, callId);
    return id === undefined ? silence : { status: 200, response: { jsonrpc: '2.0', id, result } };
  } catch (thrown) {
    const error = HearthError.from(thrown);
    const status = error.kind === 'UNAUTHENTICATED' ? 401 : error.kind === 'FORBIDDEN' ? 403 : 200;
    return id === undefined ? silence : { status, response: failure(id, toRpcError(error, callId)) };
  }
}

const silence = { status: 204, response: null } as const;

function readRequest(value: unknown): { id: Id | undefined; method: string; params: unknown } | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { jsonrpc, method, params } = value as Record<string, unknown>;
  if (jsonrpc !== '2.0' || typeof method !== 'string' || method.length > 128) return null;
  if ('id' in value && idOf(value) === undefined) return null;
  // By name only: methods take one object.
  if (params !== undefined && (typeof params !== 'object' || params === null || Array.isArray(params))) return null;
  return { id: idOf(value), method, params };
}

function idOf(value: unknown): Id | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
  const { id } = value;
  return typeof id === 'string' || typeof id === 'number' || id === null ? id : undefined;
}

function failure(id: Id, error: RpcError): RpcResponse {
  return { jsonrpc: '2.0', id, error };
}
