/** What torch 2.13.0 drew (test/vectors/README.md has the origin): every row, to the last bit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';
import { wageLimits } from '../../../src/domain/recipes/wage.js';
import { GENERATORS } from '../../../src/domain/streams/generators.js';
import { fillTorchRange } from '../../../src/domain/torch/fill-torch-range.js';
import { TorchSequence } from '../../../src/domain/torch/sequence.js';
import type { TorchDraw, TorchDtype, TorchKernel } from '../../../src/domain/torch/torch-draw.js';
import { DTYPES, elementsAt } from '../../../src/domain/tensors/dtypes.js';
import { casesOf } from '../../support/thorough.js';
import { rootOfWords } from '../../support/chosen-words.js';

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8'));

const sequenceOf = (seed: string | number): TorchSequence =>
  new TorchSequence(GENERATORS.torch.root(BigInt(seed)));

/** The little-endian bytes of a whole draw. */
function bytesOf(draw: TorchDraw): Buffer {
  const { byteWidth } = DTYPES[draw.dtype];
  const bytes = Buffer.alloc(draw.elementCount * byteWidth);
  fillTorchRange(draw, 0, elementsAt(draw.dtype, bytes.buffer, bytes.byteOffset, draw.elementCount));
  return bytes;
}

/** The elements' patterns, one after the other, each from its highest digit on. */
function hexOf(bytes: Buffer, dtype: TorchDtype): string {
  const copy = Buffer.from(bytes);
  const { byteWidth } = DTYPES[dtype];
  for (let i = 0; i < copy.length; i += byteWidth) copy.subarray(i, i + byteWidth).reverse();
  return copy.toString('hex');
}

const normal = (mean: number, std: number): TorchKernel => ({ kind: 'torch_normal', mean, std });
const uniform = (low: number, high: number): TorchKernel => ({ kind: 'torch_uniform', low, high });
const productOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Rows that take no longer than others. */
const withoutLarge = <Row extends { readonly shape: readonly number[] }>(
  rows: readonly Row[],
): readonly Row[] => rows.filter(({ shape }) => productOf(shape) <= 10_000);

/** Whether two rows are equal, without the length of a difference of bytes. */
const firstPart = (hex: string): string => hex.slice(0, 256);

type Row = readonly [seed: string, dtype: TorchDtype, number, number, count: number, hex: string];
type Crafted = readonly [low: number, high: number, dtype: TorchDtype, hex: string];

describe('uniform_', () => {
  const { rows, crafted, crafted_words, default_capability } = read('torch_seeded_uniform.json') as {
    readonly rows: readonly Row[];
    readonly crafted: readonly Crafted[];
    readonly crafted_words: readonly string[];
    readonly default_capability: { readonly rows: readonly Row[] };
  };
  const draw = ([seed, dtype, low, high, count]: Row): string =>
    hexOf(bytesOf(sequenceOf(seed).take(uniform(low, high), dtype, count)), dtype);

  test(`${rows.length} seeded rows`, () => {
    expect(rows).toHaveLength(288);
    for (const row of rows) expect(draw(row), String(row.slice(0, 5))).toBe(row[5]);
  });

  test('words that are chosen: the largest becomes high when rounded, and then low', () => {
    const words = crafted_words.map((word) => Number.parseInt(word, 16));
    for (const [low, high, dtype, hex] of crafted) {
      const wide = dtype === 'float64';
      const sequence = new TorchSequence(rootOfWords(wide ? words.flatMap((word) => [word, word]) : words));
      const drawn = bytesOf(sequence.take(uniform(low, high), dtype, words.length));
      expect(hexOf(drawn, dtype), `${dtype} from ${low} to ${high}`).toBe(hex);
    }
    expect(crafted).toHaveLength(28);
  });

  test('without fused multiply-add torch draws other numbers, and this test would notice', () => {
    const different = default_capability.rows.filter((row) => draw(row) !== row[5]);
    expect(different.length).toBeGreaterThan(default_capability.rows.length / 4);
  });
});

describe('normal_', () => {
  type Call = readonly [dtype: TorchDtype, count: number, hex: string];
  const { rows, call_sequences_seed7, noncontiguous_seed7 } = read('torch_seeded_normal.json') as {
    readonly rows: readonly Row[];
    readonly call_sequences_seed7: readonly (readonly Call[])[];
    readonly noncontiguous_seed7: readonly (readonly [TorchDtype, string, hex: string])[];
  };

  test(`${rows.length} seeded rows`, () => {
    expect(rows).toHaveLength(80);
    for (const [seed, dtype, mean, std, count, hex] of rows) {
      const drawn = bytesOf(sequenceOf(seed).take(normal(mean, std), dtype, count));
      expect(hexOf(drawn, dtype), `${dtype} ${count}`).toBe(hex);
    }
  });

  test.each(call_sequences_seed7.map((calls) => ({ calls })))(
    'a call of fewer than 16 leaves its second normal to the next such call: sequence %#',
    ({ calls }) => {
      const sequence = sequenceOf(7);
      for (const [dtype, count, hex] of calls) {
        expect(hexOf(bytesOf(sequence.take(normal(0, 1), dtype, count)), dtype)).toBe(hex);
      }
    },
  );

  test('a tensor that is not contiguous is filled in memory order, like so many calls of fewer than 16', () => {
    expect(noncontiguous_seed7.length).toBeGreaterThan(0);
    for (const [dtype, , hex] of noncontiguous_seed7) {
      const sequence = sequenceOf(7);
      const parts = [15, 15, 2].map((count) =>
        hexOf(bytesOf(sequence.take(normal(0, 1), dtype, count)), dtype),
      );
      expect(parts.join('')).toBe(hex);
    }
  });
});

describe('truncated_normal_', () => {
  interface TruncatedRow {
    readonly seed: string;
    readonly shape: readonly number[];
    readonly mean: number;
    readonly std: number;
    readonly dtype: TorchDtype;
    readonly first64_hex: string;
    /** null for no elements. */
    readonly sha256_le: string | null;
  }
  const { rows } = read('torch_seeded_truncnormal.json') as { readonly rows: readonly TruncatedRow[] };

  function expectRow({ seed, shape, mean, std, dtype, first64_hex, sha256_le }: TruncatedRow): void {
    const kernel: TorchKernel = { kind: 'torch_truncated_normal', mean, std };
    const drawn = bytesOf(sequenceOf(seed).take(kernel, dtype, productOf(shape)));
    expect(hexOf(drawn, dtype).slice(0, first64_hex.length), `${dtype} ${String(shape)}`).toBe(first64_hex);
    if (sha256_le === null) expect(drawn).toHaveLength(0);
    else expect(createHash('sha256').update(drawn).digest('hex')).toBe(sha256_le);
  }

  test(`${rows.length} seeded rows`, () => {
    expect(rows).toHaveLength(53);
    casesOf({ few: withoutLarge(rows), all: rows }).forEach(expectRow);
  });
});

describe('wage_init_', () => {
  interface WageRow {
    readonly seed: string;
    readonly shape: readonly number[];
    readonly bits_W: number;
    readonly factor: number;
    readonly dtype: TorchDtype;
    readonly first64_hex: string;
    readonly sha256_le: string;
  }
  const { rows, channels_last } = read('torch_seeded_wage.json') as {
    readonly rows: readonly WageRow[];
    readonly channels_last: Omit<WageRow, 'first64_hex' | 'sha256_le'> & {
      readonly memory_order_first64_hex: string;
      readonly logical_sha256_le: string;
    };
  };
  type Call = Pick<WageRow, 'seed' | 'shape' | 'bits_W' | 'factor' | 'dtype'>;
  function draw({ seed, shape, bits_W, factor, dtype }: Call): Buffer {
    const { limit } = wageLimits(shape, bits_W, factor);
    return bytesOf(sequenceOf(seed).take(uniform(-limit, limit), dtype, productOf(shape)));
  }

  test(`${rows.length} seeded rows`, () => {
    expect(rows).toHaveLength(132);
    for (const row of casesOf({ few: withoutLarge(rows), all: rows })) {
      const drawn = draw(row);
      const name = `${row.dtype} ${String(row.shape)}`;
      expect(hexOf(drawn, row.dtype).slice(0, row.first64_hex.length), name).toBe(row.first64_hex);
      expect(createHash('sha256').update(drawn).digest('hex')).toBe(row.sha256_le);
    }
  });

  test('a channels_last tensor is filled in memory order', () => {
    const { shape, memory_order_first64_hex, logical_sha256_le } = channels_last;
    const drawn = draw({ ...channels_last, dtype: 'float32' });
    expect(firstPart(hexOf(drawn, 'float32'))).toBe(firstPart(memory_order_first64_hex));
    const [n, c, h, w] = [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
    const logical = Buffer.alloc(drawn.length);
    for (let i = 0; i < productOf(shape); i++) {
      const channel = i % c;
      const place = Math.floor(i / c) % (h * w);
      const image = Math.floor(i / (c * h * w));
      drawn.copy(logical, 4 * ((image * c + channel) * h * w + place), 4 * i, 4 * i + 4);
    }
    expect(n * c * h * w * 4).toBe(drawn.length);
    expect(createHash('sha256').update(logical).digest('hex')).toBe(logical_sha256_le);
  });
});
