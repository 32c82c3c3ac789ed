/** float8 roundings equal those of ml_dtypes and torch, which agree with each other up to the largest float8. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { floatOfBits } from '../../../src/domain/arithmetic/bits.js';
import { FLOAT8_FORMATS, type Float8Dtype } from '../../../src/domain/arithmetic/float8.js';
import { floorNarrow } from '../../../src/domain/arithmetic/narrow-floats.js';

interface Vectors {
  /** Of each pattern; infinities and NaNs as text. */
  readonly values: readonly (number | string)[];
  /** float32 patterns, up to the largest float8. */
  readonly inputs: readonly number[];
  readonly rounded: readonly number[];
  readonly beyond: {
    readonly inputs: readonly (number | string)[];
    readonly ml_dtypes: readonly number[];
    readonly torch: readonly number[];
  };
}

const VECTORS = JSON.parse(readFileSync('test/vectors/float8.json', 'utf8')) as Record<Float8Dtype, Vectors>;
const NAMED: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
const numberOf = (x: number | string): number => (typeof x === 'number' ? x : (NAMED[x] ?? expect.fail(x)));

describe.each(['float8_e4m3fn', 'float8_e5m2'] as const)('%s', (dtype) => {
  const { values, inputs, rounded, beyond } = VECTORS[dtype];
  const { toBits, fromBits, largest } = FLOAT8_FORMATS[dtype];

  test('each of the 256 patterns has the value that ml_dtypes and torch give it', () => {
    expect(values.map((_, bits) => fromBits(bits))).toEqual(values.map(numberOf));
  });

  test('what is at most the largest float8 is rounded as they round it: every midpoint, its neighbours, every exponent', () => {
    expect(inputs.length).toBeGreaterThan(2000);
    expect(inputs.map((bits) => toBits(floatOfBits(bits)))).toEqual(rounded);
  });

  test('what is larger becomes infinite or NaN there, save with e4m3fn in torch; within bounds it is the largest here', () => {
    const made = beyond.inputs.map((x) => fromBits(toBits(Math.min(numberOf(x), largest))));
    expect(new Set(made)).toEqual(new Set([largest]));
    const last = { ml_dtypes: beyond.ml_dtypes.at(-2), torch: beyond.torch.at(-2) };
    expect(last).toEqual(
      dtype === 'float8_e4m3fn' ? { ml_dtypes: 0x7f, torch: 0x7e } : { ml_dtypes: 0x7c, torch: 0x7c },
    );
    expect(floorNarrow(Infinity, dtype)).toBe(largest);
  });
});
