/** JSON pointers (RFC 6901) into the state. */
import { rpcErrors } from '../errors.ts';

/** The keys a pointer names; '' names the whole. Throws `rpc.noPointer` if it is none. */
export function pointerPath(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw rpcErrors.noPointer({ pointer });
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
