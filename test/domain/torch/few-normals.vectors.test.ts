/**
 * Many small normals in doubles, as torch draws them: another last place of the logarithm, of sine and cosine or of the fused product
 * shows in a few of 10,000 only. Printed by torch 2.13.0 (x86-64, AVX2, glibc 2.36-9+deb12u14) with
 *
 *     generator = torch.Generator().manual_seed(2024)
 *     digest = hashlib.sha256()
 *     for _ in range(8000):
 *         normals = torch.empty(15, dtype=torch.float64).normal_(0.3, 0.7, generator=generator)
 *         digest.update(normals.numpy().tobytes())
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { torch } from '../../../src/domain/streams/torch.js';
import { fillTorchRange } from '../../../src/domain/torch/fill-torch-range.js';
import { TorchSequence } from '../../../src/domain/torch/sequence.js';

const DIGEST = 'e99c14a4879fdb76130b74d6e9ad2061e78a3e03c75492ace1e7a4f3defc1db3';

test("120,000 normals of calls of 15 have torch's last bits", () => {
  const sequence = new TorchSequence(torch.root(2024n));
  const digest = createHash('sha256');
  const normals = new Float64Array(15);
  for (let call = 0; call < 8000; call++) {
    const draw = sequence.take({ kind: 'torch_normal', mean: 0.3, std: 0.7 }, 'float64', normals.length);
    fillTorchRange(draw, 0, normals);
    digest.update(normals);
  }
  expect(digest.digest('hex')).toBe(DIGEST);
});
