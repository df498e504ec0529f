/** package.attach.*: the owner at a terminal in a subcontainer of a service that runs. */
import { type AnyMethod, defineMethod, guestRequests, packageId } from '@hearth/contract';
import { z } from 'zod';
import type { Scripts } from './scripts.ts';

const { shape } = guestRequests['attach.open'];
const nothing = z.object({});
const ofTerminal = z.object({ id: packageId, attach: z.string().max(64) });
const opened = z.object({ attach: z.string(), subcontainer: z.string() });
const shown = z.object({
  data: z.string(),
  ended: z.object({ code: z.number().nullable(), signal: z.string().nullable() }).nullable(),
});

export function attachMethods(scripts: Scripts): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'package.attach.open',
      about: 'Open a terminal in a subcontainer of a running service: its shell, or a command.',
      input: z.object({
        id: packageId,
        /** By name, image or guid; absent: the first that runs. */
        subcontainer: shape.subcontainer.default(null),
        command: shape.command.default(null),
        user: shape.user.default(null),
        rows: shape.rows.default(24),
        columns: shape.columns.default(80),
      }),
      output: opened,
      allow: 'admin',
      run: async ({ id, ...wanted }) => opened.parse(await scripts.terminal(id, 'attach.open', wanted)),
    }),
    defineMethod({
      name: 'package.attach.read',
      about: 'What a terminal showed since it was last asked, as base64; waits a while for something.',
      input: ofTerminal.extend({ waitMs: z.number().int().min(0).max(20_000).default(0) }),
      output: shown,
      allow: 'admin',
      run: async ({ id, ...asked }, { signal }) =>
        shown.parse(await scripts.terminal(id, 'attach.read', asked, signal)),
    }),
    defineMethod({
      name: 'package.attach.write',
      about: 'Type into a terminal: bytes as base64.',
      input: ofTerminal.extend({ data: guestRequests['attach.write'].shape.data }),
      output: nothing,
      allow: 'admin',
      async run({ id, ...typed }) {
        await scripts.terminal(id, 'attach.write', typed);
        return {};
      },
    }),
    defineMethod({
      name: 'package.attach.resize',
      about: 'Tell a terminal its size.',
      input: ofTerminal.extend({ rows: shape.rows, columns: shape.columns }),
      output: nothing,
      allow: 'admin',
      async run({ id, ...size }) {
        await scripts.terminal(id, 'attach.resize', size);
        return {};
      },
    }),
    defineMethod({
      name: 'package.attach.close',
      about: 'Hang up a terminal; what runs in it is told.',
      input: ofTerminal,
      output: nothing,
      allow: 'admin',
      async run({ id, attach }) {
        await scripts.terminal(id, 'attach.close', { attach });
        return {};
      },
    }),
  ];
}
