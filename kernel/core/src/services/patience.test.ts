import { describe, expect, test } from '@jest/globals';
import { HearthError } from '@hearth/contract';
import { toRpcError } from '../rpc/wire-errors.ts';
import { answerOf } from './patience.ts';

function wordsFor(error: unknown): unknown {
  try {
    answerOf('app', '/actions/set/run', { error });
  } catch (thrown) {
    return toRpcError(HearthError.from(thrown), 'call-1').data?.['details'];
  }
  throw new Error('It was no error');
}

describe('the words of a script that failed', () => {
  test('reach the owner as they are', () => {
    expect(wordsFor({ code: 0, message: 'Error', data: { details: 'Choose another port', debug: 'at x' } })).toBe(
      'Choose another port',
    );
    expect(wordsFor({ code: 1, message: 'Error', data: 'The disk is full' })).toBe('The disk is full');
    expect(wordsFor({ message: 'Method not found' })).toBe('Method not found');
    expect(wordsFor({ data: { details: '' } })).toBe('it gave no reason');
    expect(wordsFor(null)).toBe('it gave no reason');
  });

  test('are free of stack traces and of what no page can show', () => {
    const stack =
      'Cannot open the book\n    at open (index.js:12:3)\n    at index.js:7:1\n    at <anonymous> (native)\n';
    expect(wordsFor({ data: { details: `${stack}It is \u001b[31mtorn\u0000` } })).toBe(
      'Cannot open the book\nIt is  [31mtorn',
    );
    expect(wordsFor({ data: { details: 'Meet them\n at noon' } })).toBe('Meet them\n at noon');
  });

  test('are bounded', () => {
    const told = wordsFor({ data: { details: 'long '.repeat(100_000) } });
    expect(told).toHaveLength(1001);
  });

  test('are the answer when it is none', () => {
    expect(answerOf('app', 'init', { result: 7 })).toBe(7);
    expect(answerOf('app', 'init', {})).toBeNull();
  });
});
