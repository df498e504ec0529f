/**
 * Parts of Node that are loaded when a script first asks for what needs them: `http` and its kin take 6 MB of every guest
 * that has them, and most scripts never speak HTTP.
 */
import type * as Dns from 'node:dns';
import type * as Http from 'node:http';
import type * as Https from 'node:https';
import type * as Tls from 'node:tls';

export const builtin = {
  dns: (): typeof Dns => process.getBuiltinModule('node:dns'),
  http: (): typeof Http => process.getBuiltinModule('node:http'),
  https: (): typeof Https => process.getBuiltinModule('node:https'),
  tls: (): typeof Tls => process.getBuiltinModule('node:tls'),
} as const;
