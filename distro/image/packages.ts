/** The Debian packages of the image, beside the essential ones: each with its reason. */
import { productPackages } from '../daemon/src/packages.ts';

export const imagePackages = [
  ...productPackages,
  'apparmor', // profiles for containers, on a kernel that has it
  'btrfs-progs', // the state partition
  'dbus', // systemd's own tools speak it
  'initramfs-tools',
  'iputils-ping', // the first thing anybody tries
  'kmod',
  'less',
  'libnss-systemd',
  'libpam-systemd',
  'linux-image-amd64',
  'nano',
  'openssh-server', // off until the owner asks for it
  'procps',
  'qrencode', // the address on the console
  'systemd',
  'systemd-resolved',
  'systemd-sysv',
  'systemd-timesyncd',
  'udev',
  'zstd',
] as const;

/** Documentation and translations have no reader on a server without a shell user, and it plays and films nothing. */
export const excludedPaths = [
  '/usr/share/man/*',
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/lintian/*',
  '/usr/share/locale/*',
  '/usr/share/bash-completion/*',
  ...['sound/*', 'drivers/media/*', 'drivers/staging/*', 'drivers/isdn/*', 'drivers/infiniband/*'].map(
    (path) => `/lib/modules/*/kernel/${path}`,
  ),
] as const;
