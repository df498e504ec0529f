/** Confined plugins: third-party code that sees nothing but what its declaration asks for and the owner granted. */
export * from './capabilities.ts';
export * from './command.ts';
export * from './frames.ts';
export * from './grants.ts';
export * from './manifest.ts';
export * from './rows.ts';
export * from './shape.ts';
export * from './verbs.ts';
export * from './wire.ts';
