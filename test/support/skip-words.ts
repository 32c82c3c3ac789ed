/** Moves a torch generator on. */
import { expect } from 'vitest';
import { SharedTensor, uniform, type Engine, type TorchGenerator } from 'jumpfill';

/** A fill whose signal was aborted before the call takes its words, and draws none. */
export const ABORTED = AbortSignal.abort('enough');

/** Moves a generator on by whole words, without drawing them. */
export async function skipWords(engine: Engine, generator: TorchGenerator, words: number): Promise<void> {
  const tensor = SharedTensor.empty([words]);
  const call = engine.fill(tensor, uniform({ low: 0, high: 1 }), { generator, signal: ABORTED });
  await expect(call).rejects.toBe('enough');
}
