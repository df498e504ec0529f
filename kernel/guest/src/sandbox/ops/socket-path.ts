/** Sockets of a service's programs by their path: a control socket in a volume, a database's in a subcontainer. */
import * as fs from 'node:fs';
import { FileError, type ErrorShape } from '../../files/error.ts';
import { openPlace } from '../../files/walk.ts';
import type { Listener, Ongoing, OpContext } from '../op.ts';

/**
 * The address of the socket that stands at a path now, whatever is put there later.
 *
 * @returns good until `close`
 * @throws FileError EACCES beyond the package's own folders, ECONNREFUSED for what is no socket
 */
export function socketAt(context: OpContext, path: string): { readonly address: string; readonly close: () => void } {
  const place = context.paths.place(path, { follow: true, change: false });
  try {
    const descriptor = openPlace(place.path);
    const close = (): void => fs.closeSync(descriptor);
    if (fs.fstatSync(descriptor).isSocket()) return { address: `/proc/self/fd/${descriptor}`, close };
    close();
    throw new FileError('ECONNREFUSED', path);
  } finally {
    place.close();
  }
}

/** As Node words that nothing answers at a path. */
export function refusalAt(path: string, error: unknown): ErrorShape {
  const { code = 'ECONNREFUSED', errno } = error as NodeJS.ErrnoException;
  const message = `connect ${code} ${path}`;
  return { name: 'Error', message, code, syscall: 'connect', ...(typeof errno === 'number' && { errno }) };
}

/** Tells, as of any other socket, that nothing answers there. */
export function refuseAt(path: string, error: unknown, listener: Listener): Ongoing {
  setImmediate(() => {
    listener.tell('error', refusalAt(path, error));
    listener.last('close');
  });
  return { close: () => undefined };
}
