/** What the guest base system is made of; its hash names the tree, so that a change of recipe makes a new one. */
import { createHash } from 'node:crypto';

/** Packages beside Debian's essential ones, each with its reason. */
export const basePackages = [
  'ca-certificates', // package scripts speak HTTPS
  'crun', // runs the programs of a service
  'iproute2', // `ip`, for people who look inside
  'libatomic1', // Node
  'libstdc++6', // Node
  'mount', // binds of the guest
  'procps', // `ps`, `kill`
  'rsync', // copies of volumes
  'tini', // the init that reaps
  'tzdata', // time zones of package scripts
] as const;

/** Documentation and translations have no reader here. */
export const excludedPaths = [
  '/usr/share/man/*',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/lintian/*',
  '/usr/share/locale/*',
  '/usr/share/bash-completion/*',
] as const;

/** Folders that are bound over; the tree is read-only when a container runs, so they must be there before. */
export const baseFolders = [
  'media/startos/volumes',
  'media/startos/assets',
  'media/startos/images',
  'media/startos/backup',
  'media/startos/rpc',
  'media/startos/subcontainers',
  'usr/lib/startos/package',
  'opt/hearth',
  'var/log/hearth',
  'run',
  'tmp',
  'var/tmp',
  'root',
] as const;

/** Empty files that are bound over. */
export const baseFiles = ['etc/resolv.conf', 'etc/hosts', 'etc/hostname', 'etc/machine-id'] as const;

/** The command packages and people call inside a container. */
export const startContainer = '#!/bin/sh\nexec /opt/hearth/node /opt/hearth/guest/start-container.mjs "$@"\n';

/** Hash of everything that decides what the tree holds: 16 hex digits. */
export function recipeHash(sources: readonly string[], architecture: string): string {
  const recipe = [1, basePackages, excludedPaths, baseFolders, baseFiles, startContainer, sources, architecture];
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
}
