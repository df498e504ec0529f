/**
 * The web's streams, in a file of their own that the prelude evaluates when a script first asks for one of them: most
 * never do, and every guest would pay for it in memory.
 */
import * as streams from 'web-streams-polyfill';
import { compressionOf, type Require } from './compression.ts';
import { TextDecoderStream, TextEncoderStream } from './text.ts';

/** @param require of the script's own modules */
export function make(require: Require): Record<string, unknown> {
  return { ...streams, TextDecoderStream, TextEncoderStream, ...compressionOf(require) };
}
