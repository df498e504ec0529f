import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Quiet } from './quiet.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('acts once for all that stirred, after the last of it', () => {
  const act = jest.fn();
  const quiet = new Quiet(act);
  jest.advanceTimersByTime(10_000);
  expect(act).not.toHaveBeenCalled();
  for (let times = 0; times < 5; times++) {
    quiet.stir();
    jest.advanceTimersByTime(900);
  }
  expect(act).not.toHaveBeenCalled();
  jest.advanceTimersByTime(100);
  expect(act).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(1);
});

test('does not act once it is closed', () => {
  const act = jest.fn();
  const quiet = new Quiet(act);
  quiet.stir();
  quiet.close();
  jest.advanceTimersByTime(10_000);
  expect(act).not.toHaveBeenCalled();
});
