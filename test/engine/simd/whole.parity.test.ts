/** The SIMD kernels of whole numbers and of two values equal the specification byte for byte, for any range. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillIntegers, integersParameters } from '../../../src/domain/kernels/integers.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import { compileSimd } from '#built/engine/simd/code.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { expectSameBytes } from '../../support/bytes.js';
import { anyRange, anyRoot, expectParity } from '../../support/parity.js';
import { casesOf } from '../../support/thorough.js';
import { anyWholeDraw } from '../../support/whole-draws.js';
import { anyWord64, halvesOf } from '../../support/words64.js';

test('any draw and any range, in place and through the scratch', () => {
  const law = fc.property(anyWholeDraw, anyRoot, anyRange, (draw, root, range) => {
    expectParity({ ...draw, root }, range);
  });
  fc.assert(law, { numRuns: casesOf({ few: 250, all: 2000 }), seed: 13 });
});

const memory = allocateMemory(8 * 4096) ?? expect.fail('no memory');
const code = compileSimd();
const lanes = instantiate(code.lanes, { env: { memory: allocateMemory(1) } }) as LanesExports;
const { 'whole-fills': whole } = kernelsOn(code, lanes, memory);

test('a wide range: chosen words that no generator gives on request', () => {
  const anyLast = fc.oneof(anyWord64, fc.constantFrom(0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n));
  const anyWords = fc.array(anyWord64, { minLength: 8, maxLength: 8 });
  const law = fc.property(anyWords, anyLast, anyWord64, (list, last, low) => {
    const words = Uint32Array.from(list.flatMap(halvesOf));
    new Uint32Array(memory.buffer).set(words);
    whole.spreadWords64(0, 1, BigInt.asIntN(64, last), BigInt.asIntN(64, low));
    const expected = new BigInt64Array(8);
    fillIntegers(expected, words, integersParameters(low, low + BigInt.asUintN(64, last) + 1n));
    expectSameBytes(new Uint8Array(memory.buffer, 0, 64), new Uint8Array(expected.buffer), 'words');
  });
  fc.assert(law, { numRuns: 2000, seed: 64 });
});
