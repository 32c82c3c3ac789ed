/** The official safetensors reads checkpoints of today's models as this library does. Skipped where Python has neither it nor torch. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Engine, toFloat32, type AnyTensor } from 'jumpfill';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../support/folder.js';
import { MODELS } from './models.js';

const python = process.env['JUMPFILL_PYTHON'] ?? 'python3';
const hasOfficial = spawnSync(python, ['-c', 'import safetensors, torch']).status === 0;

const engine = new Engine({ threads: 2 });
afterAll(async () => {
  await engine.close();
});

function sumOf(tensor: AnyTensor): number {
  const values =
    tensor.data instanceof BigInt64Array || tensor.data instanceof BigUint64Array || tensor.dtype === 'int32'
      ? Array.from(tensor.data, Number)
      : toFloat32(tensor);
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

test.runIf(hasOfficial).each(Object.keys(MODELS))(
  'every tensor of %s has the dtype, the shape and the values that were drawn',
  async (model) => {
    const out = join(makeFolder(), 'model.safetensors');
    const { tensors } = await engine.writeCheckpoint(MODELS[model], { out });
    const { stdout, stderr } = spawnSync(python, ['test/storage/models/official.py', out], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const read = JSON.parse(stdout) as Readonly<Record<string, readonly [string, readonly number[], number]>>;
    expect(Object.keys(read).sort()).toEqual(tensors.map(({ name }) => name).sort());
    for (const { name, shape, dtype } of tensors) {
      const drawn = await engine.drawSlice(MODELS[model], { name });
      const [foundDtype, foundShape, sum] = read[name] ?? expect.fail(name);
      expect([foundDtype, foundShape], name).toEqual([dtype, shape]);
      expect(sum, name).toBeCloseTo(sumOf(drawn), 3);
    }
  },
);
