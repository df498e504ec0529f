/** What the environment tells. Options win over it. */
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';

export interface Environment {
  /** HEARTH_SOCKET: the admin socket of a box. */
  readonly socket: string | undefined;
  /** HEARTH_SERVER: the address of a box. */
  readonly server: string | undefined;
  /** HEARTH_RUN: the folder of the box's sockets. */
  readonly run: string | undefined;
  /** Folder of saved log-ins. */
  readonly settings: string;
  /** What this machine is called, for the list of tokens on the box. */
  readonly machine: string;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    socket: variables['HEARTH_SOCKET'],
    server: variables['HEARTH_SERVER'],
    run: variables['HEARTH_RUN'],
    settings: join(variables['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'hearth'),
    machine: hostname(),
  };
}
