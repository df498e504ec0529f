import type { OngoingTable } from '../op.ts';
import { count } from './arguments.ts';

export const timerOps: OngoingTable = {
  timer: (_context, [delay, repeats], _bytes, listener) => {
    if (repeats === true) {
      const timer = setInterval(() => listener.tell('due'), count(delay));
      return { close: () => clearInterval(timer) };
    }
    // Before any timer that is due as well, as Node has it.
    if (delay === 0) {
      const immediate = setImmediate(() => listener.last('due'));
      return { close: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(() => listener.last('due'), count(delay));
    return { close: () => clearTimeout(timer) };
  },
};
