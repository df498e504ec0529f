/** @hearth/plugin-kit/inside: what runs beside a plugin, in its isolate and in the tests of its author alike. */
export { createRuntime, type Runtime } from './runtime.ts';
