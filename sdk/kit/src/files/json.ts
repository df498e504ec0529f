import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const format: Format = {
  typed: true,
  parse: (text) => JSON.parse(text) as unknown,
  print: (value) => `${JSON.stringify(value, null, 2)}\n`,
};

/** A JSON file. */
export const jsonFile = fileMaker(format);
