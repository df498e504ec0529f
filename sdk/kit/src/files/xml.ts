/** XML: elements as tables, attributes under `@name`, text beside attributes under `#text`. All values are text. */
import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';
import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const common = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  commentPropName: '#comment',
  suppressBooleanAttributes: false,
} as const;

const parser = () => new XMLParser({ ...common, parseTagValue: false, parseAttributeValue: false });
const builder = () => new XMLBuilder({ ...common, format: true, indentBy: '  ', suppressEmptyNode: false });

const format: Format = {
  typed: false,
  parse: (text) => parser().parse(text, true) as unknown,
  print: (value) => `${(builder().build(value)).trimEnd()}\n`,
};

/** An XML file: elements are tables, attributes stand under `@name`. Numbers and flags are read from text. */
export const xmlFile = fileMaker(format);
