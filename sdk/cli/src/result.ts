/** What an action answered, as people read it in a terminal: secrets are covered unless they are asked for. */
import { printable } from './text.ts';
import { recordOf } from './form.ts';

const cover = '••••••••';

/** Lines; of an answer in either shape packages give. */
export function resultText(answer: unknown, reveal: boolean): string {
  const result = recordOf(answer);
  const message = typeof result['message'] === 'string' ? [printable(result['message'])] : [];
  if (result['version'] === '0') {
    const { value } = result;
    return [...message, ...(typeof value === 'string' ? [printable(value)] : [])].join('\n');
  }
  const title = typeof result['title'] === 'string' && result['title'] !== '' ? [printable(result['title'])] : [];
  const member = result['result'];
  return [...title, ...message, ...(member === null || member === undefined ? [] : lines(member, '', reveal))].join(
    '\n',
  );
}

function lines(given: unknown, indent: string, reveal: boolean): string[] {
  const member = recordOf(given);
  const name = typeof member['name'] === 'string' ? printable(member['name']) : '';
  const about = typeof member['description'] === 'string' ? [`${indent}  (${printable(member['description'])})`] : [];
  if (member['type'] === 'group') {
    const inner = Array.isArray(member['value']) ? (member['value'] as unknown[]) : [];
    const head = name === '' ? [] : [`${indent}${name}`];
    return [...head, ...about, ...inner.flatMap((one) => lines(one, name === '' ? indent : `${indent}  `, reveal))];
  }
  const value =
    member['masked'] === true && !reveal ? `${cover}  (--reveal shows it)` : printable(String(member['value']));
  return [`${indent}${name === '' ? '' : `${name}: `}${value}`, ...about];
}
