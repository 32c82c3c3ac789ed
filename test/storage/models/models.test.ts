/** Checkpoints of models of today are drawn from their layer lists, verified, written again from themselves, and as inspection expects. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, openCheckpoint } from 'jumpfill';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOAT8_FORMATS } from '../../../src/domain/arithmetic/float8.js';
import { expectSameBytes } from '../../support/bytes.js';
import { makeFolder } from '../../support/folder.js';
import { readSafetensors, type ReadTensor } from '../../support/safetensors.js';
import { MODELS } from './models.js';

const engine = new Engine({ threads: 2 });
const folder = mkdtempSync(join(tmpdir(), 'jumpfill-models-'));
const paths = new Map<string, string>();
beforeAll(async () => {
  for (const [name, spec] of Object.entries(MODELS)) {
    const out = join(folder, `${name.replaceAll(' ', '-')}.safetensors`);
    await engine.writeCheckpoint(spec, { out });
    paths.set(name, out);
  }
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const pathOf = (model: string): string => paths.get(model) ?? expect.fail(model);
const tensorsOf = (model: string): ReadonlyMap<string, ReadTensor> =>
  new Map(readSafetensors(pathOf(model)).tensors.map((tensor) => [tensor.name, tensor]));
const floatsOf = (tensor: ReadTensor | undefined): number[] =>
  Array.from(new Float32Array(Uint8Array.from(tensor?.data ?? []).buffer));

describe.each(Object.keys(MODELS))('%s', (model) => {
  test('verifies by its spec and by its own metadata', async () => {
    expect(await engine.verifyCheckpoint(pathOf(model), { spec: MODELS[model] })).toMatchObject({
      equal: true,
    });
    expect(await engine.verifyCheckpoint(pathOf(model))).toMatchObject({ equal: true });
  });

  test('is written again, byte for byte, from the spec that it records', async () => {
    const out = join(makeFolder(), 'again.safetensors');
    await engine.writeCheckpoint((await openCheckpoint(pathOf(model))).spec(), { out });
    expectSameBytes(readFileSync(out), readFileSync(pathOf(model)));
  });

  test('has no tensor that inspection would not expect', async () => {
    const { tensors } = await engine.inspectCheckpoint(pathOf(model));
    expect(tensors.filter(({ verdict }) => verdict.kind === 'unexpected')).toEqual([]);
  });
});

test('the matrices of DeepSeek-V3 are 8-bit floats, its scales float32, one for a block of 128 x 128', () => {
  const tensors = tensorsOf('DeepSeek-V3 in float8');
  const matrix = tensors.get('model.layers.1.mlp.experts.3.up_proj.weight');
  expect([matrix?.dtype, matrix?.shape]).toEqual(['F8_E4M3', [192, 256]]);
  const scale = tensors.get('model.layers.1.mlp.experts.3.up_proj.weight_scale_inv');
  expect([scale?.dtype, scale?.shape]).toEqual(['F32', [2, 2]]);
  const values = Array.from(matrix?.data ?? [], FLOAT8_FORMATS.float8_e4m3fn.fromBits);
  const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  // 87.96 is the std of a truncated normal. 49,152 values: the standard error of their std is 0.3 %, and rounding to 4 bits adds 0.1 %.
  expect(rms / 87.96).toBeGreaterThan(0.97);
  expect(rms / 87.96).toBeLessThan(1.03);
});

test("Mamba's A_log, D, dt bias and tied head are mamba_ssm's", () => {
  const tensors = tensorsOf('Mamba');
  const [aLog, bias] = ['A_log', 'dt_proj.bias'].map((part) =>
    floatsOf(tensors.get(`backbone.layers.1.mixer.${part}`)),
  );
  expect(aLog?.slice(16, 32)).toEqual(Array.from({ length: 16 }, (_, i) => Math.fround(Math.log(i + 1))));
  // softplus takes the bias back to dt, within 0.001 and 0.1.
  for (const value of bias ?? []) {
    const dt = Math.log1p(Math.exp(value));
    expect(dt).toBeGreaterThan(0.000_999);
    expect(dt).toBeLessThan(0.100_1);
  }
  expect(floatsOf(tensors.get('lm_head.weight'))).toEqual(
    floatsOf(tensors.get('backbone.embeddings.weight')),
  );
  const projection = floatsOf(tensors.get('backbone.layers.0.mixer.out_proj.weight'));
  expect(Math.max(...projection.map(Math.abs))).toBeLessThan(1 / Math.sqrt(128) / Math.sqrt(2));
});

test("Bamba's A_log counts its heads", () => {
  const aLog = tensorsOf('Bamba').get('model.layers.0.mamba.A_log');
  expect(floatsOf(aLog)).toEqual(Array.from({ length: 8 }, (_, i) => Math.fround(Math.log(i + 1))));
});
