/** INI: sections of `key=value`; a repeated key is written `key[]`. All values are text. */
import { parse, stringify } from 'ini';
import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const format: Format = {
  typed: false,
  parse: (text) => parse(text),
  print: (value) => `${stringify(value as object).trimEnd()}\n`,
};

/** An INI file; comments are lost when it is written. Numbers and flags are read from text. */
export const iniFile = fileMaker(format);
