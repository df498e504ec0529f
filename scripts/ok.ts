/** Proves the tree in under a minute: format, lint, arrows, types, and every test that needs no container. */
import { runJest } from './jest.ts';

const result = await runJest(['--selectProjects', 'unit', 'house', 'ui', ...process.argv.slice(2)]);
process.exitCode = result.code;
