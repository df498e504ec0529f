/** HTTP requests of a script, made by Node from within the container's network. */
import type * as http from 'node:http';
import { builtin } from '../builtin.ts';
import { shapeOfError } from '../../files/error.ts';
import type { Listener, Ongoing, OngoingTable, OpContext } from '../op.ts';
import { count, record, text } from './arguments.ts';
import { serve, tlsOptionsOf } from './net.ts';
import { refusalAt, refuseAt, socketAt } from './socket-path.ts';

function headersOf(message: http.IncomingMessage): unknown {
  const { statusCode, statusMessage, httpVersion, headers, rawHeaders } = message;
  return { statusCode, statusMessage, httpVersion, headers, rawHeaders };
}

/** An answer of which not all has come. */
const broken = { name: 'Error', message: 'aborted', code: 'ECONNRESET' };

/** @param shape of its errors */
function hear(request: http.ClientRequest, listener: Listener, shape = shapeOfError): Ongoing {
  let answer: http.IncomingMessage | null = null;
  request.on('response', (message) => {
    answer = message;
    listener.tell('response', headersOf(message));
    message.on('data', (bytes: Buffer) => listener.tell('data', null, bytes));
    message.on('end', () => listener.tell('end', { trailers: message.trailers }));
    message.on('error', () => undefined);
  });
  let taken: Ongoing | null = null;
  request.on('continue', () => listener.tell('continue'));
  request.on('upgrade', (message, socket, head) => {
    taken = serve(socket, listener);
    listener.tell('upgrade', headersOf(message), head);
  });
  request.on('timeout', () => listener.tell('timeout'));
  request.on('error', (error) => listener.tell('error', shape(error)));
  request.on('close', () => {
    if (taken !== null) return;
    if (answer?.complete === false) listener.tell('aborted', broken);
    listener.last('close');
  });
  return {
    command(name, args, bytes) {
      if (taken !== null) taken.command?.(name, args, bytes);
      else if (name === 'write') request.write(bytes ?? new Uint8Array(0));
      else if (name === 'end') request.end();
      else if (name === 'timeout') request.setTimeout(count(args[0]));
      else if (name === 'destroy') request.destroy();
    },
    close: () => (taken === null ? request.destroy() : taken.close()),
  };
}

/** Of a program of the service itself, by the path of its socket. */
function requestAt(context: OpContext, path: string, plain: http.RequestOptions, listener: Listener): Ongoing {
  try {
    const { address, close } = socketAt(context, path);
    const request = builtin
      .http()
      .request({ ...plain, socketPath: address })
      .once('close', close);
    return hear(request, listener, (error) => refusalAt(path, error));
  } catch (error) {
    return refuseAt(path, error, listener);
  }
}

export const httpOps: OngoingTable = {
  'http.request': (context, [given], _bytes, listener) => {
    const options = record(given);
    const secure = options['protocol'] === 'https:';
    const plain = {
      method: text(options['method'] ?? 'GET'),
      host: text(options['host'] ?? 'localhost'),
      port: options['port'] === undefined ? (secure ? 443 : 80) : Number(options['port']),
      path: text(options['path'] ?? '/'),
      headers: record(options['headers'] ?? {}) as http.OutgoingHttpHeaders,
      ...(typeof options['auth'] === 'string' && { auth: options['auth'] }),
      ...(typeof options['timeout'] === 'number' && { timeout: options['timeout'] }),
      agent: false as const,
    };
    const { socketPath } = options;
    if (typeof socketPath === 'string') return requestAt(context, socketPath, plain, listener);
    const request = secure
      ? builtin.https().request({ ...plain, ...tlsOptionsOf(options) })
      : builtin.http().request(plain);
    return hear(request, listener);
  },
};
