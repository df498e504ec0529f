/** What an action answered, as people read it in a terminal: secrets are covered unless they are asked for. */
import { recordOf } from './form.ts';
import { qrLines } from './qr.ts';
import { printable } from './text.ts';

const cover = '••••••••';

export interface ResultLook {
  /** Show secrets. */
  readonly reveal: boolean;
  /** Of the terminal, for QR codes; null where it is none. */
  readonly columns: number | null;
}

/** Lines; of an answer in either shape packages give. */
export function resultText(answer: unknown, look: ResultLook): string {
  const result = recordOf(answer);
  const message = typeof result['message'] === 'string' ? [printable(result['message'])] : [];
  if (result['version'] === '0') {
    const { value } = result;
    if (typeof value !== 'string') return message.join('\n');
    return [...message, printable(value), ...code(result, value, look)].join('\n');
  }
  const title = typeof result['title'] === 'string' && result['title'] !== '' ? [printable(result['title'])] : [];
  const member = result['result'];
  return [...title, ...message, ...(member === null || member === undefined ? [] : lines(member, '', look))].join('\n');
}

function lines(given: unknown, indent: string, look: ResultLook): string[] {
  const member = recordOf(given);
  const name = typeof member['name'] === 'string' ? printable(member['name']) : '';
  const about = typeof member['description'] === 'string' ? [`${indent}  (${printable(member['description'])})`] : [];
  if (member['type'] === 'group') {
    const inner = Array.isArray(member['value']) ? (member['value'] as unknown[]) : [];
    const head = name === '' ? [] : [`${indent}${name}`];
    return [...head, ...about, ...inner.flatMap((one) => lines(one, name === '' ? indent : `${indent}  `, look))];
  }
  const text = String(member['value']);
  const covered = member['masked'] === true && !look.reveal;
  const value = covered ? `${cover}  (--reveal shows it)` : printable(text);
  const drawn = covered ? [] : code(member, text, look);
  return [`${indent}${name === '' ? '' : `${name}: `}${value}`, ...about, ...drawn];
}

/** What is meant for another device's camera, where there is a terminal to hold it to. */
function code(member: Readonly<Record<string, unknown>>, text: string, { columns }: ResultLook): string[] {
  return member['qr'] === true && columns !== null ? (qrLines(text, columns) ?? []) : [];
}
