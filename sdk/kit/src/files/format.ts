/** A way to write configuration: text to plain values and back. */
export interface Format {
  /** It has numbers and flags; otherwise everything in it is text. */
  readonly typed: boolean;
  parse(text: string): unknown;
  /** `before` is the text that is replaced: a format may keep its comments. */
  print(value: unknown, before: string | null): string;
}
