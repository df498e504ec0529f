/** The catalog's services that the image carries, built. */

/**
 * What a home wants first, and what other services stand on. The image stays under its limit with them (`sizeLimit`);
 * whatever else is in the catalog comes from a registry.
 */
export const carriedServices = [
  'mosquitto',
  'postgresql',
  'radicale',
  'redis',
  'syncthing',
  'transmission',
  'webdav',
] as const;

/** Bytes of the compressed disk. */
export const sizeLimit = 700e6;
