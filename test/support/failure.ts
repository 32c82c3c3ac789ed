/** What a call is refused with. */
import { expect } from 'vitest';
import { JumpfillError } from 'jumpfill';

export async function failureOf(promise: Promise<unknown>): Promise<JumpfillError> {
  const error: unknown = await promise.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JumpfillError);
  return error as JumpfillError;
}
