import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JumpfillError } from '../../../src/base/errors.js';
import { nameShards, orderForShards, planShards } from '../../../src/domain/partition/shards.js';
import { DTYPE_NAMES, DTYPES, type Dtype } from '../../../src/domain/tensors/dtypes.js';

const anyLengths = fc.array(fc.oneof(fc.nat(30), fc.constant(0)), { maxLength: 40 });
const anyLimit = fc.integer({ min: 1, max: 25 });

describe('tensors of shards', () => {
  test('without a limit there is one shard of everything, even without tensors', () => {
    expect(planShards([5, 0, 7], undefined)).toEqual([[0, 1, 2]]);
    expect(planShards([], undefined)).toEqual([[]]);
    expect(planShards([], 10)).toEqual([[]]);
  });

  // The example in the docstring of huggingface_hub's function.
  test('are taken in order: nothing is moved to fill a shard better', () => {
    expect(planShards([6, 6, 2, 6, 2, 2], 10)).toEqual([[0], [1, 2], [3, 4, 5]]);
  });

  test('one larger than a shard has its own, before the shard that is still open, as in huggingface_hub', () => {
    expect(planShards([1, 11, 1], 10)).toEqual([[1], [0, 2]]);
    expect(planShards([11, 12], 10)).toEqual([[0], [1]]);
  });

  test('a shard may be full to the byte, and empty tensors always fit', () => {
    expect(planShards([4, 6, 0, 1], 10)).toEqual([[0, 1, 2], [3]]);
  });

  test('each tensor is in exactly one shard, in order within it, and no shard is empty', () => {
    const law = fc.property(anyLengths, anyLimit, (lengths, limit) => {
      const shards = planShards(lengths, limit);
      expect(shards.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
      for (const shard of shards) expect(shard).toEqual([...shard].sort((a, b) => a - b));
      if (lengths.length > 0) expect(shards.every((shard) => shard.length > 0)).toBe(true);
    });
    fc.assert(law);
  });

  const sizeOf = (lengths: readonly number[], shard: readonly number[]): number =>
    shard.reduce((sum, tensor) => sum + (lengths[tensor] ?? NaN), 0);

  test('no shard exceeds the limit, except one with a single tensor', () => {
    const law = fc.property(anyLengths, anyLimit, (lengths, limit) => {
      for (const shard of planShards(lengths, limit))
        if (shard.length !== 1) expect(sizeOf(lengths, shard)).toBeLessThanOrEqual(limit);
    });
    fc.assert(law);
  });

  test('no tensor that begins a shard would have fitted into the shard before', () => {
    const law = fc.property(anyLengths, anyLimit, (lengths, limit) => {
      const shards = planShards(lengths, limit).filter((shard) => sizeOf(lengths, shard) <= limit);
      expect(shards.flat()).toEqual([...shards.flat()].sort((a, b) => a - b));
      shards.slice(1).forEach((shard, i) => {
        const before = sizeOf(lengths, shards[i] ?? []);
        expect(before + sizeOf(lengths, shard.slice(0, 1))).toBeGreaterThan(limit);
      });
    });
    fc.assert(law);
  });
});

describe('from the files of a checkpoint', () => {
  interface Sized {
    readonly tensor: number;
    readonly byteLength: number;
    readonly dtype: Dtype;
  }

  /** As files hold them: wide elements first. */
  const makeFiles = (tensors: readonly Sized[], limit: number): Sized[][] =>
    planShards(
      tensors.map(({ byteLength }) => byteLength),
      limit,
    ).map((shard) => shard.flatMap((i) => tensors[i] ?? []).sort((a, b) => widthOf(b) - widthOf(a)));

  const widthOf = ({ dtype }: Sized): number => DTYPES[dtype].byteWidth;

  test('the tensors come back in an order that makes the same files, to the order within each', () => {
    const anyTensors = fc.array(
      fc.record({ byteLength: fc.nat(30), dtype: fc.constantFrom(...DTYPE_NAMES) }),
      {
        maxLength: 40,
      },
    );
    const law = fc.property(anyTensors, anyLimit, (sizes, limit) => {
      const tensors = sizes.map((size, tensor) => ({ tensor, ...size }));
      const files = makeFiles(tensors, limit);
      expect(makeFiles(orderForShards(files, limit), limit)).toEqual(files);
    });
    fc.assert(law, { numRuns: 2000 });
  });

  test('one larger than a shard comes after the first tensor of the next shard; before it, the two would change places', () => {
    const tensors = [4, 4, 4, 11, 1].map((byteLength, tensor) => ({
      tensor,
      byteLength,
      dtype: 'int8' as const,
    }));
    const files = makeFiles(tensors, 10);
    expect(files.map((file) => file.map(({ tensor }) => tensor))).toEqual([[0, 1], [3], [2, 4]]);
    expect(orderForShards(files, 10)).toEqual(tensors);
  });
});

describe('names of shards', () => {
  test('one shard is the file itself, with any name and without an index', () => {
    expect(nameShards('model.safetensors', 1)).toEqual({ files: ['model.safetensors'], index: undefined });
    expect(nameShards('weights.bin', 1).files).toEqual(['weights.bin']);
  });

  test('several are numbered from 1 in five digits, and have an index', () => {
    expect(nameShards('model.safetensors', 3)).toEqual({
      files: [
        'model-00001-of-00003.safetensors',
        'model-00002-of-00003.safetensors',
        'model-00003-of-00003.safetensors',
      ],
      index: 'model.safetensors.index.json',
    });
    const { files } = nameShards('my.model.safetensors', 99_999);
    expect(files.at(-1)).toBe('my.model-99999-of-99999.safetensors');
    expect(new Set(files).size).toBe(99_999);
  });

  test.each([
    [
      'weights.bin',
      2,
      'BAD_OPTION',
      /^The output "weights.bin" would have 2 shards. Name it MODEL.safetensors/,
    ],
    ['.safetensors', 2, 'BAD_OPTION', /^The output ".safetensors"/],
    ['model.SAFETENSORS', 2, 'BAD_OPTION', /^The output/],
    ['model.safetensors', 100_000, 'TOO_LARGE', /^There would be 100000 shards/],
  ])('%s in %d shards is %s', (fileName, count, code, message) => {
    const name = (): unknown => nameShards(fileName, count);
    expect(name).toThrow(message);
    expect(name).toThrow(expect.objectContaining({ code }) as JumpfillError);
  });
});
