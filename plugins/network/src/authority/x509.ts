/** The one door to the certificate library: it needs `reflect-metadata`, which must be loaded before it. */
import 'reflect-metadata';

export * as x509 from '@peculiar/x509';
