/** The models whose first files are timed, and the check of what a peer wrote. */
import { closeSync, copyFileSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from 'jumpfill';
import { expect, test } from 'vitest';
import { checkModelFile } from '../../bench/contestants/check-model-file.js';
import { layersOf, listFirstModels } from '../../bench/contestants/first-models.js';
import { makeFolder } from '../support/folder.js';

test('they are GPT-2 in float32, and 1.1 thousand millions of weights in bfloat16', () => {
  const counts = listFirstModels('bench/models', false).map(({ dtype, tensors }) => ({
    dtype,
    parameters: tensors.reduce((sum, { elementCount }) => sum + elementCount, 0),
    isAlone: new Set(tensors.map((tensor) => tensor.dtype)).size === 1 && tensors[0]?.dtype === dtype,
  }));
  expect(counts).toEqual([
    { dtype: 'float32', parameters: 124_439_808, isAlone: true },
    { dtype: 'bfloat16', parameters: 1_100_048_384, isAlone: true },
  ]);
});

test.each(listFirstModels('bench/models', false))(
  'every layer of $label is normal or of one value',
  (model) => {
    const layers = layersOf(model);
    expect(layers.map(({ name, shape }) => [name, shape])).toEqual(
      model.tensors.map(({ name, shape }) => [name, shape]),
    );
    expect(layers.filter((layer) => 'std' in layer).every(({ shape }) => shape.length === 2)).toBe(true);
  },
);

test('a file of the model is accepted; of another model, or with other values, it is refused', async () => {
  const folder = makeFolder();
  for (const model of listFirstModels('bench/models', true)) {
    const out = join(folder, `${model.dtype}.safetensors`);
    await writeCheckpoint(model.spec, { out });
    expect(() => {
      checkModelFile(out, model);
    }).not.toThrow();
    expect(() => {
      checkModelFile(out, { ...model, dtype: model.dtype === 'float32' ? 'bfloat16' : 'float32' });
    }).toThrow(/is not in the file as/);
    const spoilt = join(folder, 'spoilt.safetensors');
    copyFileSync(out, spoilt);
    overwriteData(spoilt);
    expect(() => {
      checkModelFile(spoilt, model);
    }).toThrow(/has the standard deviation/);
  }
});

/** The last of the file: half of its largest tensor, which comes last. */
function overwriteData(path: string): void {
  const { size } = statSync(path);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, new Uint8Array(LAST_BYTES).fill(0x3f), 0, LAST_BYTES, size - LAST_BYTES);
  closeSync(descriptor);
}

const LAST_BYTES = 4096;
