/**
 * Where the prelude begins: the worker evaluates it, then calls `begin` with the door and gets back the three functions
 * by which it speaks to the script.
 */
import './early.ts';
import { type Door, type Facts, openDoor } from './host.ts';

declare const require: (path: './world.ts') => { readonly parts: unknown };

/** The world reads the host's facts while it loads: it comes once the door is open. */
export function begin(door: Door, facts: string): unknown {
  openDoor(door, JSON.parse(facts) as Facts);
  return require('./world.ts').parts;
}
