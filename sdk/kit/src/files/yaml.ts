/** YAML 1.2. Comments and order of a file that is changed stay. */
import type { Document } from 'yaml';
import { isMap, isScalar, parse, parseDocument, stringify } from 'yaml';
import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const format: Format = {
  typed: true,
  // Aliases that multiply are refused before they fill the memory.
  parse: (text) => parse(text, { maxAliasCount: 100 }) as unknown,
  print(value, before) {
    if (before === null) return stringify(value);
    const document = parseDocument(before);
    if (document.errors.length > 0 || !isMap(document.contents)) return stringify(value);
    change(document, [], document.toJS() as unknown, value);
    return document.toString();
  },
};

/** Sets what differs and deletes what is gone; the rest of the document is not touched. */
function change(document: Document, path: readonly string[], before: unknown, after: unknown): void {
  if (isTable(before) && isTable(after)) {
    for (const key of Object.keys(before)) if (after[key] === undefined) document.deleteIn([...path, key]);
    for (const [key, item] of Object.entries(after))
      if (item !== undefined) change(document, [...path, key], before[key], item);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    const node = document.getIn(path, true);
    // A scalar that stays one keeps the comment beside it.
    if (isScalar(node) && (typeof after !== 'object' || after === null)) node.value = after;
    else document.setIn(path, document.createNode(after));
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A YAML 1.2 file; its comments and its order stay. */
export const yamlFile = fileMaker(format);
