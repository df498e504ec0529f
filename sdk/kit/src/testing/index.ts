/** @hearth/sdk/testing (Node): tries a package in milliseconds, without a container. */
export { FakeMachine, type FakeProgram, until } from './fake-machine.ts';
export { openBundle, openPackage, type PackageUnderTest } from './package-under-test.ts';
export { type Step, walkThrough } from './walk.ts';
