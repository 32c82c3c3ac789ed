/**
 * Prints the SHA-256 of a few tensors: the bytes this library promised. test/golden/golden.json holds what it printed when
 * the byte contract was made; a difference is a new contract, and a major version.
 * @example node test/golden/print.mjs > test/golden/golden.json
 */
import { createHash } from 'node:crypto';
import { Engine, SharedTensor } from 'jumpfill';

const bounds = { low: -0.1, high: 3 };
const cases = {
  'wage 2 bits [128, 128, 3, 3]': [
    'features.4.weight',
    [128, 128, 3, 3],
    (e, t) => e.wageInit_(t, 2, { factor: 1 }),
  ],
  'wage 16 bits [10, 1024]': ['classifier.3.weight', [10, 1024], (e, t) => e.wageInit_(t, 16)],
  'truncated normal [1000, 1003]': ['w', [1000, 1003], (e, t) => e.truncatedNormal_(t)],
  'truncated normal mean 3 std 0.02 [70001]': [
    'größe/重み',
    [70_001],
    (e, t) => e.truncatedNormal_(t, { mean: 3, std: 0.02 }),
  ],
  'uniform [-0.1, 3] [500, 333]': ['u', [500, 333], (e, t) => e.uniform_(t, bounds)],
  'uniform at offset 2^52 + 12345 [100001]': [
    'u',
    [100_001],
    (e, t) => e.uniform_(t, { ...bounds, offset: 2 ** 52 + 12_345 }),
  ],
  'truncated normal of the largest seed [65537]': [
    's',
    [65_537],
    (e, t) => e.truncatedNormal_(t, { seed: 2n ** 64n - 1n }),
  ],
};

const engine = new Engine({ threads: 2, seed: 42n });
const hashes = {};
for (const [title, [name, shape, fill]] of Object.entries(cases)) {
  const { data } = await fill(engine, SharedTensor.empty(shape, { name }));
  hashes[title] = createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}
await engine.close();
console.log(JSON.stringify(hashes, null, 2));
