/** The arrows of the house (ARCHITECTURE.md). Type-only imports count. */
const room = (name, path, modules) => ({
  name: `one-room-for-${name}`,
  severity: 'error',
  from: { path: '^(kernel|plugins|sdk|shell-ui|distro)/', pathNot: path },
  to: { path: modules.map((module) => `node_modules/${module}(/|$)`) },
});

const tests = '\\.(test|long|suite|system|deep)\\.ts$|/testing/';

export default {
  forbidden: [
    {
      name: 'contract-is-a-leaf',
      severity: 'error',
      from: { path: '^kernel/contract', pathNot: tests },
      to: { pathNot: ['^kernel/contract', 'node_modules/zod'] },
    },
    {
      name: 'formats-see-the-contract-alone',
      severity: 'error',
      from: { path: '^sdk/(s9pk|exver)/src', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|plugins|sdk/(kit|cli)|shell-ui|distro|spec)' },
    },
    {
      name: 'kernel-knows-no-plugin',
      severity: 'error',
      from: { path: '^kernel/core', pathNot: tests },
      to: { path: '^(plugins|sdk/(kit|cli)|shell-ui|distro|spec|kernel/(engine|guest|confined))' },
    },
    {
      name: 'engine-sees-the-contract-alone',
      severity: 'error',
      from: { path: '^kernel/engine', pathNot: tests },
      to: { path: '^(plugins|sdk|shell-ui|distro|spec|kernel/(core|guest))' },
    },
    {
      name: 'guest-sees-contract-and-exver',
      severity: 'error',
      from: { path: '^kernel/guest', pathNot: tests },
      to: { path: '^(plugins|sdk/(?!exver)|shell-ui|distro|spec|kernel/(core|engine))' },
    },
    {
      name: 'confined-sees-contract-and-plugin-kit',
      severity: 'error',
      from: { path: '^kernel/confined', pathNot: tests },
      to: { path: '^(plugins|sdk/(?!plugin-kit)|shell-ui|distro|spec|kernel/(core|engine|guest))' },
    },
    {
      name: 'plugin-kit-knows-no-host',
      severity: 'error',
      from: { path: '^sdk/plugin-kit', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|plugins|shell-ui|distro|spec|sdk/(cli|kit))' },
    },
    {
      name: 'plugin-knows-no-kernel',
      severity: 'error',
      from: { path: '^plugins/', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|sdk/(kit|cli)|shell-ui|distro|spec)' },
    },
    {
      name: 'plugin-sees-the-api-of-another-only',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^plugins/(?!$1/)', pathNot: '^plugins/[^/]+/src/api\\.ts$' },
    },
    {
      name: 'kit-knows-no-host',
      severity: 'error',
      from: { path: '^sdk/kit', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|plugins|shell-ui|distro|spec|sdk/cli)' },
    },
    {
      name: 'cli-knows-no-kernel',
      severity: 'error',
      from: { path: '^sdk/cli', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|plugins|shell-ui|distro|spec)' },
    },
    {
      name: 'ui-sees-the-contract-alone',
      severity: 'error',
      from: { path: '^shell-ui', pathNot: tests },
      to: { path: '^(kernel/(?!contract)|plugins|sdk|distro|spec)' },
    },
    {
      name: 'catalog-sees-the-kit-alone',
      severity: 'error',
      from: { path: '^distro/catalog', pathNot: tests },
      to: { path: '^(kernel|plugins|shell-ui|spec|distro/daemon|sdk/(?!kit))' },
    },
    {
      name: 'nobody-imports-the-spec-but-tests',
      severity: 'error',
      from: { pathNot: ['^spec', tests] },
      to: { path: '^spec' },
    },
    {
      name: 'no-test-imports',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-node-where-it-runs-in-browser-or-sandbox',
      severity: 'error',
      from: {
        path: '^(kernel/contract|sdk/kit|sdk/plugin-kit|shell-ui|sdk/exver)/src',
        pathNot: [tests, '^sdk/(plugin-)?kit/src/(node|pack)/', '^shell-ui/src/build/'],
      },
      to: { dependencyTypes: ['core'] },
    },
    room('awilix', '^kernel/core/src/cradle\\.ts$', ['awilix']),
    room('koa', '^kernel/core/src/door/', ['koa']),
    room('level', '^kernel/core/src/state/', ['level', 'classic-level']),
    room('pino', '^kernel/core/src/log\\.ts$', ['pino']),
    room('isolated-vm', '^kernel/confined/', ['isolated-vm']),
    room('quickjs', '^kernel/guest/', ['quickjs-emscripten-core', '@jitl']),
    room('json-diff-ts', '^(kernel/core/src/(state|services)|shell-ui)/', ['json-diff-ts']),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.gen\\.ts$|^spec/packages/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
