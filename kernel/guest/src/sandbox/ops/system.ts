import * as os from 'node:os';
import type { OngoingTable, OpTable } from '../op.ts';
import { lookup } from 'node:dns';
import { shapeOfError } from '../../files/error.ts';
import { count, text } from './arguments.ts';

export const systemOps: OpTable = {
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

export const nameOps: OngoingTable = {
  'dns.lookup': (_context, [name, family, all], _bytes, listener) => {
    lookup(text(name), { family: count(family), all: all === true }, (error, address, found) => {
      if (error !== null) listener.last('failed', shapeOfError(error));
      else listener.last('done', { address, family: found });
    });
    return null;
  },
};
