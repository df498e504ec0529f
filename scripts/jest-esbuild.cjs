/** Strips types for jest: esbuild, native modules, inline source maps. */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const own = readFileSync(__filename);
module.exports = {
  process: (text, file) => ({
    code: transformSync(text, {
      loader: 'ts',
      format: 'esm',
      target: 'node24',
      sourcemap: 'inline',
      sourcefile: file,
    }).code,
  }),
  getCacheKey: (text, file) => createHash('sha256').update(own).update(version).update(file).update(text).digest('hex'),
};
