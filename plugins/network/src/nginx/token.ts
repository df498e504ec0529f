/** The few kinds of words that are set into nginx's configuration. Each is checked, whoever made it. */
import { errors } from '../errors.ts';

export const token = { path, host, port };

/** In quotes. nginx has no way to write a dollar sign, so a folder with one cannot be used. */
function path(value: string): string {
  if (!/^(unix:)?\/[\w/.@+:, -]*$/.test(value)) throw errors.unusablePath({ path: value });
  return `"${value}"`;
}

/** A host name or an address; IPv6 in brackets. */
function host(name: string): string {
  if (!/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,39}\])$/.test(name)) {
    throw new TypeError('not a host name');
  }
  return name;
}

function port(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number > 65535) throw new TypeError('not a port');
  return String(number);
}
