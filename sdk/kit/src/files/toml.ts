/** TOML 1.0. */
import { parse, stringify } from 'smol-toml';
import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const format: Format = {
  typed: true,
  parse: (text) => parse(text),
  print: (value) => `${stringify(value).trimEnd()}\n`,
};

/** A TOML 1.0 file; comments are lost when it is written. */
export const tomlFile = fileMaker(format);
