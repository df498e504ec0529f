/** Reads versions out of a text and knows where it is; ranges are read on top of it (`parse-range.ts`). */
import { errors } from './errors.ts';
import { maxNumber, type PlainVersion, type PrereleasePart, plainVersion } from './version.ts';

export type Subject = 'version' | 'range';

export const limits = { version: 1024, range: 16_384, depth: 64 } as const;

const digits = /[0-9]+/y;
const flavorName = /[a-z]*/y;
const prereleasePart = /[0-9A-Za-z-]+/y;

export class Scanner {
  readonly text: string;
  readonly what: Subject;
  at = 0;

  constructor(text: string, what: Subject) {
    if (text.length > limits[what]) throw errors.tooLong({ what, length: text.length, limit: limits[what] });
    this.text = text;
    this.what = what;
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  peek(literal: string): boolean {
    return this.text.startsWith(literal, this.at);
  }

  /** Steps over the literal if it stands here. */
  take(literal: string): boolean {
    if (!this.peek(literal)) return false;
    this.at += literal.length;
    return true;
  }

  skipSpaces(): void {
    while (this.text[this.at] === ' ') this.at++;
  }

  expect(literal: string): void {
    if (!this.take(literal)) throw this.failed(`"${literal}"`);
  }

  expectEnd(expected = 'the end'): void {
    if (!this.atEnd) throw this.failed(expected);
  }

  failed(expected: string) {
    return errors.syntax({ what: this.what, expected, position: this.at });
  }

  /** Behind a `#`: may be empty. */
  flavor(): string {
    return this.match(flavorName) ?? '';
  }

  plain(): PlainVersion {
    const numbers = [this.number()];
    while (this.take('.')) numbers.push(this.number());
    const prerelease: PrereleasePart[] = [];
    if (this.take('-')) {
      do prerelease.push(this.prereleasePart());
      while (this.take('.'));
    }
    return plainVersion(numbers, prerelease);
  }

  digitHere(): boolean {
    const here = this.text[this.at];
    return here !== undefined && here >= '0' && here <= '9';
  }

  /** `01` is 1 in a version, as StartOS reads it; in a range its two parsers differ, and it is refused. */
  private number(): bigint {
    const start = this.at;
    const text = this.match(digits);
    if (text === null) throw this.failed('a number');
    if (this.what === 'range' && text.length > 1 && text.startsWith('0')) {
      throw errors.leadingZero({ what: this.what, position: start });
    }
    return this.bounded(text, start);
  }

  private prereleasePart(): PrereleasePart {
    const start = this.at;
    const text = this.match(prereleasePart);
    if (text === null) throw this.failed('a prerelease name');
    if (!/^[0-9]+$/.test(text)) return text;
    if (text.length > 1 && text.startsWith('0')) throw errors.leadingZero({ what: this.what, position: start });
    return this.bounded(text, start);
  }

  private bounded(text: string, position: number): bigint {
    const value = BigInt(text);
    if (value > maxNumber) throw errors.numberTooLarge({ what: this.what, position });
    return value;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }
}
