import type { Config } from 'jest';
import { turnOf } from './spec/testbed/rotation.ts';

const base: Config = {
  globalSetup: '<rootDir>/spec/testbed/quick-setup.ts',
  globalTeardown: '<rootDir>/spec/testbed/quick-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-esbuild.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/out/'],
};
const rooms = '{kernel,plugins,sdk,distro}';
// `x.deep.ts` takes minutes: only a deep run has all, and every other one says which it has not (spec/testbed/left-out.ts).
// eslint-disable-next-line no-restricted-syntax -- jest hands its configuration nothing else
const deep = process.env['HEARTH_DEEP'] !== undefined;
// eslint-disable-next-line no-restricted-syntax -- as above
const turn = turnOf(process.env);

export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '300MB',
  reporters: ['default', '<rootDir>/scripts/closing-line.cjs'],
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: [`<rootDir>/${rooms}/**/*.test.ts`, '<rootDir>/scripts/**/*.test.ts'],
      // A new plugin's own tests, for Node's test runner: the kit's tests run them.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/sdk/plugin-kit/(template|examples)/'],
    },
    // Pure like the first, but counted in tens of seconds: fuzzing, downloads that break, hostile archives.
    { ...base, displayName: 'long', testMatch: [`<rootDir>/${rooms}/**/*.long.ts`] },
    {
      ...base,
      displayName: 'house',
      testMatch: ['<rootDir>/spec/house/**/*.test.ts', '<rootDir>/spec/suites/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'ui',
      testEnvironment: '<rootDir>/scripts/dom-env.cjs',
      testMatch: ['<rootDir>/shell-ui/**/*.test.ts'],
    },
    // Real containers, real programs; run in band, with a lasting check that the machine is left as it was found.
    {
      ...base,
      displayName: 'system',
      testMatch: [
        `<rootDir>/{spec,kernel,plugins,sdk,distro,shell-ui}/**/*.${deep ? '{system,deep}' : 'system'}.ts`,
        ...(turn?.service == null ? [] : [`<rootDir>/${turn.service}`]),
      ],
      testPathIgnorePatterns: ['/node_modules/', ...(turn?.left ?? []).map((suite) => `/${suite}$`)],
      globalSetup: '<rootDir>/spec/testbed/global-setup.ts',
      globalTeardown: '<rootDir>/spec/testbed/global-teardown.ts',
    },
  ],
} satisfies Config;
