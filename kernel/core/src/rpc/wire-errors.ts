/** Errors as JSON-RPC knows them. Pure. */
import { type HearthError, errorKinds } from '@hearth/contract';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Of the envelope, not of a method: JSON-RPC 2.0, section 5.1. */
export const parseError: RpcError = { code: -32700, message: 'Cannot read the request: it is no JSON' };
export const invalidRequest: RpcError = {
  code: -32600,
  message: 'Cannot read the request: it is no JSON-RPC 2.0 call',
};

/** What may leave: of an internal error no more than its code and the call id, which stands in the log beside the cause. */
export function toRpcError(error: HearthError, callId: string): RpcError {
  const { rpc } = errorKinds[error.kind];
  if (error.kind === 'INTERNAL') return { code: rpc, message: 'Internal error', data: { code: error.code, callId } };
  return { code: rpc, message: error.message, data: { ...error.data, code: error.code, callId } };
}
