import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveModel } from '#built/domain/specs/spec.js';
import { DTYPE_NAMES, DTYPES } from '#built/domain/tensors/dtypes.js';
import { layOut } from '#built/storage/format/layout.js';

const anyTensors = fc.array(fc.record({ dtype: fc.constantFrom(...DTYPE_NAMES), size: fc.nat(9) }), {
  minLength: 1,
  maxLength: 12,
});

test('a file has the widest elements first, so that all data are aligned, otherwise the order of the spec', () => {
  const property = fc.property(
    anyTensors,
    fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    (forms, shardBytes) => {
      const listed = forms.map(({ dtype, size }, i) => ({
        // Packed elements fill whole bytes.
        ...{ name: `t${i}`, shape: [DTYPES[dtype].byteWidth < 1 ? 4 * size : size], dtype },
        init:
          dtype === 'int8'
            ? ({ kind: 'wage', bits: 8, codes: true, mode: 'fan_in' } as const)
            : ({ kind: dtype === 'float8_e8m0fnu' ? 'ones' : 'zeros' } as const),
      }));
      const tensors = listed.map((tensor) =>
        tensor.dtype === 'int8' ? { ...tensor, shape: [tensor.shape[0] ?? 0, 1] } : tensor,
      );
      const model = resolveModel({ seed: 1, tensors });
      const { files, positions } = layOut(
        { ...model, seed: 1n, shardBytes, kept: new Map() },
        'm.safetensors',
      );
      for (const file of files) {
        const widths = file.tensors.map((i) => DTYPES[forms[i]?.dtype ?? 'int8'].byteWidth);
        expect(widths).toEqual([...widths].sort((a, b) => b - a));
        file.tensors.forEach((i, at) => {
          const width = widths[at] ?? NaN;
          expect((positions[i]?.position ?? NaN) % Math.max(width, 1)).toBe(0);
          const next = file.tensors[at + 1];
          if (next !== undefined && widths[at + 1] === width) expect(next).toBeGreaterThan(i);
        });
      }
    },
  );
  fc.assert(property);
});

test('a tensor begins where the one before it ends, also beyond 2^32 bytes', () => {
  const shapes = [[2 ** 29], [3], [2 ** 31, 2], [5]];
  const tensors = shapes.map((shape, i) => ({ name: `t${i}`, shape, init: { kind: 'zeros' } }) as const);
  const model = resolveModel({ seed: 1, tensors });
  for (const shardBytes of [undefined, 2 ** 32]) {
    const contents = { ...model, seed: 1n, shardBytes, kept: new Map() };
    const { files, positions } = layOut(contents, 'm.safetensors');
    for (const { header, tensors: own, byteLength } of files) {
      let position = header.length;
      for (const i of own) {
        expect(positions[i]?.position).toBe(position);
        position += 4 * (shapes[i] ?? []).reduce((a, b) => a * b, 1);
      }
      expect(byteLength).toBe(position);
    }
  }
});
