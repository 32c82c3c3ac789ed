/** Batches: which elements are drawn for a range of bytes. Arithmetic, on files that are never written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '#built/base/at.js';
import { cutOf } from '#built/domain/matrices/panels.js';
import { resolveModel } from '#built/domain/specs/spec.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { layOut, type Layout } from '#built/storage/format/layout.js';
import { BEYOND_BATCH_BYTES, cutBatches, type Batch } from '#built/storage/ranges/batches.js';
import { countElementsBefore, placeInFile } from '#built/storage/ranges/placed-tensors.js';
import { anyMixedSpec } from '../../support/mixed-specs.js';
import { casesOf } from '../../support/thorough.js';

const layOutSpec = (spec: unknown): Layout =>
  layOut({ ...resolveModel(spec), seed: 1n, shardBytes: undefined, kept: new Map() }, 'model.safetensors');

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The bytes of the file that a batch has: its pieces', which must follow one another there as in the batch's memory. */
function bytesOf(layout: Layout, { pieces, lead, byteLength }: Batch): Interval {
  const places = pieces.map(({ tensor, offset, elementCount, byteOffset }) => {
    const { byteWidth } = DTYPES[at(layout.tensors, tensor).dtype];
    return {
      byteOffset,
      position: at(layout.positions, tensor).position + offset * byteWidth,
      byteLength: elementCount * byteWidth,
    };
  });
  const first = at(places, 0);
  let next = 0;
  for (const place of places) {
    expect(place.byteOffset).toBe(next);
    expect(place.position).toBe(first.position + next);
    next += place.byteLength;
  }
  expect(next).toBeGreaterThanOrEqual(lead + byteLength);
  expect(next).toBeLessThanOrEqual(byteLength + BEYOND_BATCH_BYTES);
  return { start: first.position + lead, end: first.position + lead + byteLength };
}

/** A range of the file's data, of at most so many bytes. */
function rangeOf(
  { files, byteLength }: Layout,
  { share, most }: { readonly share: number; readonly most: number },
): [number, number] {
  const { length } = at(files, 0).header;
  const start = length + Math.round(share * (byteLength - length));
  return [start, Math.min(start + most, byteLength)];
}

const anyPlace = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  most: fc.nat(8000),
});
/** Not the large tensor that starts threads. */
const anySmallSpec = anyMixedSpec.map((spec) => ({ ...spec, tensors: spec.tensors.slice(1) }));

test('batches have every byte of the range once, in order, and no more than they may', () => {
  const law = fc.property(anySmallSpec, anyPlace, fc.integer({ min: 8, max: 3000 }), (spec, place, most) => {
    const layout = layOutSpec(spec);
    const [start, end] = rangeOf(layout, place);
    let next = start;
    for (const batch of cutBatches(placeInFile(layout, 0), start, end, most)) {
      expect(batch.byteLength).toBeLessThanOrEqual(most);
      const bytes = bytesOf(layout, batch);
      expect(bytes.start).toBe(next);
      expect(bytes.end).toBeGreaterThan(next);
      next = bytes.end;
    }
    expect(next).toBe(end);
  });
  fc.assert(law, { numRuns: casesOf({ few: 60, all: 600 }), seed: 5 });
});

test('pieces are aligned to their elements in the memory of their batch, and hold whole bytes', () => {
  const law = fc.property(anySmallSpec, anyPlace, (spec, place) => {
    const layout = layOutSpec(spec);
    const batches = cutBatches(placeInFile(layout, 0), ...rangeOf(layout, place), 5000);
    for (const { tensor, offset, elementCount, byteOffset } of [...batches].flatMap(({ pieces }) => pieces)) {
      const { byteWidth } = DTYPES[at(layout.tensors, tensor).dtype];
      expect(byteOffset % Math.max(byteWidth, 1)).toBe(0);
      expect([offset * byteWidth, elementCount * byteWidth].every(Number.isInteger)).toBe(true);
      expect(elementCount).toBeGreaterThan(0);
    }
  });
  fc.assert(law, { numRuns: casesOf({ few: 60, all: 600 }), seed: 5 });
});

test('elements before a position are those whose last byte is before it', () => {
  const law = fc.property(anySmallSpec, anyPlace, (spec, place) => {
    const layout = layOutSpec(spec);
    const tensors = placeInFile(layout, 0);
    const ends = layout.tensors.flatMap(({ dtype, elementCount }, i) =>
      Array.from(
        { length: elementCount },
        (_, k) => at(layout.positions, i).position + (k + 1) * DTYPES[dtype].byteWidth,
      ),
    );
    for (const position of [0, ...rangeOf(layout, place), layout.byteLength]) {
      expect(countElementsBefore(tensors, position)).toBe(ends.filter((end) => end <= position).length);
    }
  });
  fc.assert(law, { numRuns: casesOf({ few: 20, all: 200 }), seed: 5 });
});

describe('a batch that is not the last ends', () => {
  const endsOf = (tensor: object, start: number, most: number): number[] => {
    const layout = layOutSpec({ tensors: [{ name: 'w', ...tensor }] });
    const { length } = at(layout.files, 0).header;
    let next = start;
    const batches = cutBatches(placeInFile(layout, 0), length + start, layout.byteLength, most);
    return [...batches].map(({ byteLength }) => (next += byteLength)).slice(0, -1);
  };

  test('at a multiple of the chunk', () => {
    const ends = endsOf({ shape: [2 ** 21], init: { kind: 'normal' } }, 5, 3_000_000);
    expect(ends.length).toBeGreaterThan(2);
    expect(ends.filter((end) => end % 2 ** 20 !== 0)).toEqual([]);
  });

  test("of a matrix at a multiple of its panel's rows, while the batch has room for them", () => {
    const init = { kind: 'orthogonal' };
    const { tensors } = resolveModel({ tensors: [{ name: 'w', shape: [1000, 1500], init }] });
    const [tensor] = tensors;
    const elements = tensor && cutOf(tensor.recipe, tensor.dtype)?.elements;
    const panelBytes = 4 * (elements ?? expect.fail('no panels'));
    const ends = endsOf({ shape: [1000, 1500], init }, 77, 2.5 * panelBytes);
    expect(ends.length).toBeGreaterThan(2);
    expect(ends.filter((end) => end % panelBytes !== 0)).toEqual([]);
    expect(endsOf({ shape: [1000, 1500], init }, 0, panelBytes / 3)[0]).toBe(Math.floor(panelBytes / 12) * 4);
  });
});
