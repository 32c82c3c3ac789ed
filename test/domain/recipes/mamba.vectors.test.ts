/** mamba_ssm's formulas, computed by torch (test/vectors/mamba.py), and ours on the same uniforms. */
import { readFileSync } from 'node:fs';
import { Engine, SharedTensor } from 'jumpfill';
import { expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { applyMap, valueMap } from '../../../src/domain/arithmetic/value-map.js';
import { logUniformLaw, quantileOf } from '../../../src/domain/kernels/inversion-laws.js';

type Vectors = Readonly<Record<string, readonly number[]>>;
const vectors = JSON.parse(readFileSync('test/vectors/mamba.json', 'utf8')) as Vectors;
const of = (key: string): readonly number[] => vectors[key] ?? expect.fail(key);

/** torch's own roundings, in doubles: of the logarithms of the bounds, and of each step. */
const NEAR = 2e-15;

test.each([
  ['dt_bias', 1e-4],
  ['dt_bias_floor_0.01', 0.01],
] as const)('%s is the inverse softplus of a log_uniform, raised to the floor', (key, floor) => {
  const quantile = quantileOf(logUniformLaw(0.001, 0.1));
  const map = valueMap('inverse_softplus', 1, floor);
  of('uniforms').forEach((u, i) => {
    const expected = at(of(key), i);
    expect(Math.abs(applyMap(map, quantile(2 * u - 1)) / expected - 1)).toBeLessThan(NEAR);
  });
});

test("Mamba 2's A_log is the logarithm of a uniform from 1 to 16", () => {
  const map = valueMap('log', 1, undefined);
  of('uniforms').forEach((u, i) => {
    expect(Math.abs(applyMap(map, 1 + 15 * u) - at(of('A_log_mamba2'), i))).toBeLessThan(NEAR);
  });
});

const float32Ulp = (x: number): number => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23);

test("Mamba's A_log and rotary frequencies are maps of an arange, to torch's roundings in float32", async () => {
  await using engine = new Engine({ threads: 1 });
  const aLog = SharedTensor.empty([3, 16]);
  await engine.fill(aLog, { kind: 'arange', start: 1, axis: -1, map: 'log' });
  aLog.data.forEach((value, i) => {
    const expected = at(of('A_log_mamba'), i % 16);
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(expected === 0 ? 0 : float32Ulp(expected));
  });
  const frequencies = SharedTensor.empty([64]);
  await engine.fill(frequencies, { kind: 'arange', step: -2 / 128, map: 'power', base: 10_000 });
  frequencies.data.forEach((value, i) => {
    // torch rounds exponent, power and reciprocal to float32; ours is the nearest float32 of the exact number.
    const expected = at(of('inv_freq'), i);
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(3 * float32Ulp(expected));
    expect(value).toBe(Math.fround(10_000 ** (-i / 64)));
  });
});
