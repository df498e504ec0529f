/** Sockets a script opens: from within the container's own network, as its programs do. */
import * as net from 'node:net';
import type * as tls from 'node:tls';
import { builtin } from '../builtin.ts';
import { shapeOfError } from '../../files/error.ts';
import type { Listener, Ongoing, OngoingTable, OpContext } from '../op.ts';
import { count, record, text } from './arguments.ts';
import { refusalAt, refuseAt, socketAt } from './socket-path.ts';

/** Options of TLS that a script may set; each is plain data. */
const tlsOptions = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
  'rejectUnauthorized',
  'ALPNProtocols',
  'minVersion',
  'maxVersion',
];

export function tlsOptionsOf(options: Record<string, unknown>): tls.ConnectionOptions {
  return Object.fromEntries(
    tlsOptions
      .filter((name) => options[name] !== undefined && options[name] !== null)
      .map((name) => [name, options[name]]),
  );
}

function targetOf(options: Record<string, unknown>): { host: string; port: number } {
  return { host: text(options['host'] ?? 'localhost'), port: count(options['port']) };
}

/** Sockets by the numbers the script gave them, so that TLS can be put on one that is open. */
const byHandle = new Map<number, net.Socket>();

function keep(socket: net.Socket, options: Record<string, unknown>): net.Socket {
  const { handle } = options;
  if (typeof handle !== 'number') return socket;
  byHandle.set(handle, socket);
  socket.once('close', () => byHandle.delete(handle));
  return socket;
}

/** Events of it to the script, commands of the script to it. @param shape of its errors */
export function serve(socket: net.Socket, listener: Listener, shape = shapeOfError): Ongoing {
  socket.on('connect', () => listener.tell('connect', addressesOf(socket)));
  socket.on('secureConnect', () => {
    const { authorized } = socket as { authorized?: boolean };
    listener.tell('secureConnect', { authorized: authorized === true });
  });
  socket.on('data', (bytes: Buffer) => listener.tell('data', null, bytes));
  socket.on('end', () => listener.tell('end'));
  socket.on('timeout', () => listener.tell('timeout'));
  socket.on('drain', () => listener.tell('drain'));
  socket.on('error', (error) => listener.tell('error', shape(error)));
  socket.on('close', () => listener.last('close'));
  return {
    command(name, args, bytes) {
      if (name === 'write') socket.write(bytes ?? new Uint8Array(0));
      else if (name === 'end') socket.end();
      else if (name === 'pause') socket.pause();
      else if (name === 'resume') socket.resume();
      else if (name === 'timeout') socket.setTimeout(count(args[0]));
      else if (name === 'keepAlive') socket.setKeepAlive(args[0] === true);
      else if (name === 'noDelay') socket.setNoDelay(args[0] !== false);
      else if (name === 'destroy') socket.destroy();
    },
    close: () => socket.destroy(),
  };
}

function addressesOf(socket: net.Socket): unknown {
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = socket;
  return { remoteAddress, remotePort, remoteFamily, localAddress, localPort };
}

/** The open connection under it; none for one of its own. */
function under(options: Record<string, unknown>): net.Socket | undefined {
  const { over } = options;
  if (over === undefined) return undefined;
  const socket = byHandle.get(count(over));
  if (socket === undefined) throw new TypeError('The socket is not open');
  for (const event of ['data', 'end', 'timeout']) socket.removeAllListeners(event);
  return socket;
}

/** To a program of the service itself. */
function connectAt(context: OpContext, path: string, wanted: Record<string, unknown>, listener: Listener): Ongoing {
  try {
    const { address, close } = socketAt(context, path);
    const socket = net.connect(address).once('close', close);
    return serve(keep(socket, wanted), listener, (error) => refusalAt(path, error));
  } catch (error) {
    return refuseAt(path, error, listener);
  }
}

export const netOps: OngoingTable = {
  'net.connect': (context, [options], _bytes, listener) => {
    const wanted = record(options);
    const { path } = wanted;
    if (typeof path === 'string') return connectAt(context, path, wanted, listener);
    return serve(keep(net.connect(targetOf(wanted)), wanted), listener);
  },
  'tls.connect': (_context, [options], _bytes, listener) => {
    const wanted = record(options);
    const socket = under(wanted);
    const target = socket === undefined ? targetOf(wanted) : { socket };
    return serve(keep(builtin.tls().connect({ ...target, ...tlsOptionsOf(wanted) }), wanted), listener);
  },
};
