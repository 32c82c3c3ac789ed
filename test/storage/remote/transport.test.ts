/** Which failures are tried again, how often, and what ends the waiting. */
import { expect, test } from 'vitest';
import { retry, TryAgain } from '#built/storage/remote/transport.js';

const HOURS = 1e7;
const transport = (tries: number, firstPauseMs = 0): Parameters<typeof retry>[0] => ({
  ...{ tries, firstPauseMs, stallMs: HOURS, maxPauseMs: HOURS },
});

/** Fails as often as there are errors, then gives 'answer'. */
function failing(errors: readonly Error[]): { attempt: () => Promise<string>; count: () => number } {
  let count = 0;
  const attempt = (): Promise<string> => {
    const error = errors[count++];
    return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
  };
  return { attempt, count: () => count };
}

const again = (count: number, retryAfterMs = 0): TryAgain[] =>
  Array.from({ length: count }, (_, i) => new TryAgain(`failure ${i + 1}`, retryAfterMs));

test('the answer of the last try counts, and one failure more is the last failure', async () => {
  expect(await retry(transport(4), undefined, failing(again(3)).attempt)).toBe('answer');
  const { attempt, count } = failing(again(4));
  await expect(retry(transport(4), undefined, attempt)).rejects.toThrow('failure 4');
  expect(count()).toBe(4);
});

test('another error is not tried again', async () => {
  const { attempt, count } = failing([new Error('refused')]);
  await expect(retry(transport(4), undefined, attempt)).rejects.toThrow('refused');
  expect(count()).toBe(1);
});

test('a server that asks for a longer pause than the longest is not asked again; the longest is waited for', async () => {
  const short = { tries: 4, firstPauseMs: 0, stallMs: HOURS, maxPauseMs: 2 };
  const { attempt, count } = failing(again(1, 3));
  await expect(retry(short, undefined, attempt)).rejects.toThrow('failure 1');
  expect(count()).toBe(1);
  expect(await retry(short, undefined, failing(again(1, 2)).attempt)).toBe('answer');
});

test('a pause ends at once when the signal is aborted, with its reason and without another try', async () => {
  const abort = new AbortController();
  const { attempt, count } = failing(again(1));
  const waiting = retry(transport(4, HOURS), abort.signal, attempt);
  setImmediate(() => {
    abort.abort(new Error('enough'));
  });
  await expect(waiting).rejects.toThrow('enough');
  expect(count()).toBe(1);
});
