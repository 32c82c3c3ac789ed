/** Integer codes are Q of the float run, with step and scale beside them; they are packed and unpacked; collapse is reported. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, packCodes, SharedTensor, unpackCodes, wageLimits, wageVarianceScaling } from 'jumpfill';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { readSafetensors } from '../support/safetensors.js';
import { casesOf } from '../support/thorough.js';

const engine = new Engine({ threads: 2, seed: 3n });
afterAll(() => engine.close());

const BITS = [2, 3, 4, 5, 6, 7, 8] as const;
/** What JavaScript may pass, past the types. */
const untyped = (value: unknown): never => value as never;
const emptyCodes = (shape: readonly number[]): SharedTensor<'int8'> =>
  SharedTensor.empty(shape, { dtype: 'int8', name: 'w' });
const emptyFloats = (shape: readonly number[]): SharedTensor => SharedTensor.empty(shape, { name: 'w' });

describe.each(BITS)('%d bits', (bits) => {
  // From a fan-in that uses all codes and clips to one that collapses.
  test.each([
    [[700, 1], 2],
    [[301, 13], 2],
    [[40, 576], 1],
    [[casesOf({ few: 2, all: 9 }), 65_536], 2],
  ])(
    'codes of shape %j, factor %d, times the step are Q of the float run of the same seed',
    async (shape, factor) => {
      const codes = await engine.wageInit_(emptyCodes(shape), bits, { factor, codes: true });
      const floats = await engine.wageInit_(emptyFloats(shape), bits, { factor });
      const { weightScale } = wageLimits(shape, bits, factor);
      expect([codes.weightScale, codes.step]).toEqual([weightScale, 2 ** (1 - bits)]);
      expect([floats.weightScale, floats.step]).toEqual([weightScale, undefined]);
      const plain = await engine.quantize_(floats.clone(), bits);
      expectSameBytes(
        Float32Array.from(codes.data, (code) => code * 2 ** (1 - bits)),
        plain.data,
      );
      const scaled = await engine.quantize_(floats, bits, { scale: weightScale });
      expectSameBytes(
        Float32Array.from(codes.data, (code) => (code * 2 ** (1 - bits)) / weightScale),
        scaled.data,
      );
      const largest = 2 ** (bits - 1) - 1;
      expect(codes.data.every((code) => Math.abs(code) <= largest)).toBe(true);
    },
  );

  test('of wage_variance_scaling too, both distributions', async () => {
    for (const distribution of ['uniform', 'truncated_normal'] as const) {
      const init = wageVarianceScaling({ bits, distribution, mode: 'fan_avg', factor: 3 });
      const codes = await engine.fill(emptyCodes([50, 77]), { ...init, codes: true });
      const floats = await engine.fill(emptyFloats([50, 77]), init);
      expect([codes.weightScale, codes.step]).toEqual([floats.weightScale, 2 ** (1 - bits)]);
      await engine.quantize_(floats, bits);
      expectSameBytes(
        Float32Array.from(codes.data, (code) => code * 2 ** (1 - bits)),
        floats.data,
      );
    }
  });
});

describe('refused, with the tensor as it was', () => {
  const shape = [8, 32];
  const refusals: readonly (readonly [
    string,
    string,
    SharedTensor<'int8'> | SharedTensor,
    number,
    object,
  ])[] = [
    ['codes as float32', 'BAD_DTYPE', emptyFloats(shape), 4, { codes: true }],
    ['codes of 1 bit', 'BAD_BITS', emptyCodes(shape), 1, { codes: true }],
    ['codes of 9 bits', 'BAD_BITS', emptyCodes(shape), 9, { codes: true }],
    ['codes of 16 bits', 'BAD_BITS', emptyCodes(shape), 16, { codes: true }],
    ['int8 without codes', 'BAD_DTYPE', emptyCodes(shape), 4, {}],
    ['int8 with codes: false', 'BAD_DTYPE', emptyCodes(shape), 4, { codes: false }],
  ];
  test.each(refusals)('%s with %s', async (_, code, tensor, bits, options) => {
    tensor.data.fill(5);
    await expect(engine.wageInit_(tensor, bits, options)).rejects.toMatchObject({ code });
    const init = wageVarianceScaling({ bits, ...options });
    await expect(engine.fill(tensor, init)).rejects.toMatchObject({ code });
    expect(tensor.data.every((element) => element === 5)).toBe(true);
    expect([tensor.weightScale, tensor.step]).toEqual([undefined, undefined]);
  });

  test.each(['float64', 'float16', 'bfloat16'] as const)('codes as %s with BAD_DTYPE', async (dtype) => {
    const tensor = SharedTensor.empty(shape, { dtype });
    await expect(engine.wageInit_(tensor, 4, { codes: true })).rejects.toMatchObject({ code: 'BAD_DTYPE' });
  });

  test.each(['uniform', 'normal', 'truncated_normal', 'he_normal', 'kaiming_uniform'] as const)(
    'int8 of %s with BAD_DTYPE',
    async (kind) => {
      const init = untyped(kind === 'uniform' ? { kind, low: -1, high: 1 } : { kind });
      await expect(engine.fill(emptyCodes(shape), init)).rejects.toMatchObject({ code: 'BAD_DTYPE' });
    },
  );
});

test('of weights far wider than the grid are its two end points, with the SIMD kernels and without', async () => {
  await using scalar = new Engine({ threads: 1, seed: 3n, simd: false });
  // From 2^12 steps of the grid on either side to 2^60: sums with the constant that rounds are exact up to 2^15.
  for (let exponent = 6; exponent <= 100; exponent += exponent < 24 ? 1 : 19) {
    for (const bits of [2, 8] as const) {
      const drawn = await Promise.all(
        [engine, scalar].map((each) =>
          each.wageInit_(emptyCodes([5000, 1]), bits, { factor: 2 ** exponent, codes: true }),
        ),
      );
      const [simd, specification] = drawn.map(({ data }) => data);
      expectSameBytes(simd ?? new Int8Array(), specification ?? new Int8Array(), `factor 2^${exponent}`);
      const largest = 2 ** (bits - 1) - 1;
      expect(simd?.every((code) => Math.abs(code) <= largest)).toBe(true);
      const outermost = simd?.filter((code) => Math.abs(code) === largest).length ?? 0;
      if (exponent > 24) expect(outermost).toBeGreaterThan(4990);
    }
  }
});

test('a clone has the step and the scale of its codes', async () => {
  const codes = await engine.wageInit_(emptyCodes([8, 300]), 4, { codes: true });
  const copy = codes.clone();
  expect([copy.step, copy.weightScale, copy.name]).toEqual([0.125, codes.weightScale, 'w']);
  expect([copy.dtype, copy.shape]).toEqual(['int8', [8, 300]]);
  expectSameBytes(copy.data, codes.data);
  copy.data.fill(0);
  expect(codes.data.some((code) => code !== 0)).toBe(true);
});

describe('packing', () => {
  const anyPacked = fc.constantFrom(2 as const, 4 as const, 8 as const);

  test('unpackCodes restores what packCodes took, for any width and any last dimension', async () => {
    const law = fc.asyncProperty(
      anyPacked,
      fc.nat(5),
      fc.integer({ min: 1, max: 70 }),
      async (bits, rows, columns) => {
        const codes = await engine.wageInit_(emptyCodes([rows, columns]), bits, {
          factor: columns,
          codes: true,
        });
        const packed = packCodes(codes, bits);
        expect(packed.weight_packed.length).toBe(rows * Math.ceil((columns * bits) / 32));
        expect(packed.weight_shape).toEqual([rows, columns]);
        expect(packed.weight_scale).toBe((codes.step ?? NaN) / (codes.weightScale ?? NaN));
        const out = new Int8Array(rows * columns).fill(99);
        unpackCodes(out, packed, bits);
        expectSameBytes(out, codes.data);
        const tensor = emptyCodes([rows, columns]);
        unpackCodes(tensor, packed, bits);
        expectSameBytes(tensor.data, codes.data);
        expect(packCodes(tensor, bits)).toEqual(packed);
      },
    );
    await fc.assert(law, { numRuns: casesOf({ few: 30, all: 100 }) });
  });

  test('codes of 3, 5 and 6 bits are packed in wider ones, and keep their own step', async () => {
    for (const [drawn, bits] of [
      [3, 4],
      [5, 8],
      [6, 8],
    ] as const) {
      const codes = await engine.wageInit_(emptyCodes([4, 9]), drawn, { codes: true });
      const packed = packCodes(codes, bits);
      expect(packed.weight_scale).toBe(2 ** (1 - drawn) / (codes.weightScale ?? NaN));
    }
  });

  test('every two’s complement code survives, the lowest too', () => {
    for (const bits of [2, 4, 8] as const) {
      const half = 2 ** (bits - 1);
      const codes = emptyCodes([2 * half]);
      codes.data.set(Array.from({ length: 2 * half }, (_, i) => i - half));
      const out = new Int8Array(2 * half);
      unpackCodes(out, packCodes(codes, bits), bits);
      expectSameBytes(out, codes.data);
    }
  });

  test('the first code of a row takes the lowest bits of its int32, plus half the range', () => {
    const codes = emptyCodes([2, 3]);
    codes.data.set([-2, 0, 1, 1, 1, -2]);
    expect([...packCodes(codes, 2).weight_packed]).toEqual([0b11_10_00, 0b00_11_11]);
  });

  test.each([
    ['3 bits', 'BAD_BITS', [2, 2], 3, 0],
    ['bits of text', 'BAD_BITS', [2, 2], '4', 0],
    ['a scalar', 'BAD_SHAPE', [], 4, 0],
    ['a code above the bits', 'BAD_RANGE', [2, 2], 4, 8],
    ['a code below the bits', 'BAD_RANGE', [2, 2], 2, -3],
  ])('%s are refused with %s', (_, code, shape, bits, last) => {
    const codes = emptyCodes(shape);
    codes.data.fill(last, -1);
    expect(() => packCodes(codes, untyped(bits))).toThrow(expect.objectContaining({ code }) as Error);
  });

  const packed = packCodes(emptyCodes([2, 3]), 4);
  test.each([
    ['a tensor of another shape', 'BAD_SHAPE', emptyCodes([3, 2]), packed],
    ['a float tensor', 'BAD_DTYPE', emptyFloats([2, 3]), packed],
    ['an Int8Array too short', 'BAD_SHAPE', new Int8Array(5), packed],
    ['words too few', 'BAD_SHAPE', new Int8Array(6), { ...packed, weight_packed: new Int32Array(1) }],
    ['words as floats', 'BAD_OPTION', new Int8Array(6), { ...packed, weight_packed: new Float32Array(2) }],
    ['a shape of text', 'BAD_SHAPE', new Int8Array(6), { ...packed, weight_shape: '23' }],
    ['no scale', 'BAD_RANGE', new Int8Array(6), { ...packed, weight_scale: undefined }],
  ])('unpackCodes refuses %s with %s, and writes nothing', (_, code, out, weight) => {
    const codes = out instanceof Int8Array ? out : out.data;
    codes.fill(99);
    const unpack = (): void => {
      unpackCodes(untyped(out), untyped(weight), 4);
    };
    expect(unpack).toThrow(expect.objectContaining({ code }) as Error);
    expect(codes.every((value) => value === 99)).toBe(true);
  });

  test('an invalid scale is refused, not written into a packed weight', () => {
    for (const scale of ['weightScale', 'step'] as const) {
      const codes = emptyCodes([2, 2]);
      codes[scale] = NaN;
      expect(() => packCodes(codes, 4)).toThrow(expect.objectContaining({ code: 'BAD_RANGE' }) as Error);
    }
  });

  test('floats are refused with BAD_DTYPE', () => {
    const floats = untyped(emptyFloats([2, 2]));
    expect(() => packCodes(floats, 4)).toThrow(expect.objectContaining({ code: 'BAD_DTYPE' }) as Error);
  });
});

describe('a layer of 8 bits and fan-in 65,536', () => {
  const init = { kind: 'wage', bits: 8, codes: true };
  const spec = {
    seed: 1,
    tensors: [
      { name: 'wide', shape: [2, 65_536], init },
      { name: 'narrow', shape: [2, 576], init },
      { name: 'floats', shape: [2, 65_536], init: { kind: 'wage', bits: 8 } },
      { name: 'ternary', shape: [2, 65_536], init: { kind: 'wage', bits: 2 } },
    ],
  };

  test('uses 3 of 255 codes: in the report, in the metadata, and in the elements', async () => {
    const out = join(makeFolder(), 'm.safetensors');
    const { tensors } = await engine.writeCheckpoint(spec, { out });
    const uses = tensors.map(({ codeUse }) => [codeUse?.used, codeUse?.available]);
    expect(uses).toEqual([
      [3, 255],
      [27, 255],
      [3, 255],
      [3, 3],
    ]);
    expect(Math.abs((tensors[0]?.codeUse?.zeroShare ?? 0) - 1 / 3)).toBeLessThan(1e-6);
    const file = readSafetensors(out);
    const told = JSON.parse(file.metadata['jumpfill'] ?? '') as { tensors: Record<string, object> };
    expect(told.tensors['wide']).toMatchObject({ step: 2 ** -7, code_use: { used: 3, available: 255 } });
    const elements = file.tensors.find(({ name }) => name === 'wide')?.data ?? new Uint8Array();
    expect(new Set(new Int8Array(Uint8Array.from(elements).buffer))).toEqual(new Set([-1, 0, 1]));
  });

  test('causes a warning on the command line, even with --quiet; other layers cause none', () => {
    const folder = makeFolder();
    const [path, out] = [join(folder, 'spec.json'), join(folder, 'm.safetensors')];
    writeFileSync(path, JSON.stringify(spec));
    const parameters = ['dist/src/cli.js', 'init', path, '--out', out, '--quiet'];
    const { stdout, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'jumpfill: warning: 2 tensors ("wide", "floats"): 3 of 255 codes are used, and 33 % of the weights are 0. A smaller fan-in or fewer bits would use more of the grid.\n',
    );
    expect(stderr).not.toMatch(/narrow|ternary/);
  });
});
