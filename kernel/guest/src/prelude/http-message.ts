/** The answer to a request of `http`, as a stream; and what stands for the connection, which is the host's. */
import { EventEmitter } from 'events';
import { Readable } from './stream.ts';

const self = function (this: unknown): unknown {
  return this;
};
export const quietSocket = {
  connecting: false,
  encrypted: false,
  authorized: true,
  remoteAddress: undefined,
  destroyed: false,
  setKeepAlive: self,
  setNoDelay: self,
  setTimeout: self,
  ref: self,
  unref: self,
  destroy: self,
};

export class IncomingMessage extends Readable {
  readonly statusCode: number = 0;
  readonly statusMessage: string = '';
  readonly headers: Record<string, string | string[]> = {};
  readonly rawHeaders: string[] = [];
  readonly httpVersion: string = '1.1';
  trailers = {};
  complete = false;
  aborted = false;
  readonly socket = Object.assign(new EventEmitter(), quietSocket);
  readonly connection = this.socket;

  constructor(head: Record<string, unknown>) {
    super({ read: () => undefined });
    Object.assign(this, head);
  }

  /** All of it has come. */
  end(): void {
    this.complete = true;
    this.push(null);
  }

  setTimeout(): this {
    return this;
  }
}
