import type { OngoingTable } from '../op.ts';
import { count } from './arguments.ts';

export const timerOps: OngoingTable = {
  timer: (_context, [delay, repeats], _bytes, listener) => {
    if (repeats === true) {
      const timer = setInterval(() => listener.tell('due'), count(delay));
      return { close: () => clearInterval(timer) };
    }
    const timer = setTimeout(() => listener.last('due'), count(delay));
    return { close: () => clearTimeout(timer) };
  },
};
