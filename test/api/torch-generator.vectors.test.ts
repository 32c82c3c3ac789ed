/** States as torch has them: test/vectors/torch_sequences.py. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Engine, SharedTensor, TorchGenerator, uniform } from 'jumpfill';

interface Vectors {
  readonly states: readonly { seed: string; position: number; state: string }[];
}
const { states } = JSON.parse(
  readFileSync(new URL('../vectors/torch_sequences.json', import.meta.url), 'utf8'),
) as Vectors;

const engine = new Engine({ threads: 2 });
afterAll(async () => {
  await engine.close();
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.each(states)('the state of seed $seed after $position words, byte for byte', async (row) => {
  const generator = new TorchGenerator(BigInt(row.seed));
  const tensor = SharedTensor.empty([row.position]);
  // An aborted fill takes its words, too.
  const call = engine.fill(tensor, uniform({ low: 0, high: 1 }), { generator, signal: AbortSignal.abort(0) });
  await expect(call).rejects.toBe(0);
  expect(hash(generator.getState())).toBe(row.state);
});
