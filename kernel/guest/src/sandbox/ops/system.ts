import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { builtin } from '../builtin.ts';
import type { Listener, OngoingTable, OpTable } from '../op.ts';
import { shapeOfError } from '../../files/error.ts';
import { count, text } from './arguments.ts';

export const systemOps: OpTable = {
  /** Beside the worker's own bundle. */
  'prelude.streams': () => readFileSync(join(import.meta.dirname, 'streams.js'), 'utf8'),
  'os.arch': () => os.arch(),
  'os.facts': () => ({
    cpus: os.cpus().map(({ model, speed, times }) => ({ model, speed, times })),
    totalmem: os.totalmem(),
    freemem: os.freemem(),
    uptime: os.uptime(),
    loadavg: os.loadavg(),
    release: os.release(),
    version: os.version(),
    machine: os.machine(),
    hostname: os.hostname(),
    networkInterfaces: os.networkInterfaces(),
  }),
};

function later(work: Promise<unknown>, listener: Listener): null {
  work.then(
    (value) => listener.last('done', value),
    (error: unknown) => listener.last('failed', shapeOfError(error)),
  );
  return null;
}

export const nameOps: OngoingTable = {
  'dns.resolve': (_context, [name, type], _bytes, listener) =>
    later(builtin.dns().promises.resolve(text(name), text(type)), listener),
  'dns.reverse': (_context, [address], _bytes, listener) =>
    later(builtin.dns().promises.reverse(text(address)), listener),
  'dns.lookup': (_context, [name, family, all], _bytes, listener) => {
    builtin.dns().lookup(text(name), { family: count(family), all: all === true }, (error, address, found) => {
      if (error !== null) listener.last('failed', shapeOfError(error));
      else listener.last('done', { address, family: found });
    });
    return null;
  },
};
