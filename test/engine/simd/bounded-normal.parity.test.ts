import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedNormalNumbers } from '#built/engine/simd/bind.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { kernelsOn } from '#built/engine/simd/kernels.js';
import type { LanesExports } from '#built/engine/simd/modules.js';
import { allocateMemory, instantiate } from '#built/engine/memory/wasm.js';
import { boundedNormalParameters, fillBoundedNormal } from '../../../src/domain/kernels/bounded-normal.js';
import { anyBounds } from '../../support/random.js';

const memory = allocateMemory(1) ?? expect.fail('no memory');
const code = compileSimd();
const lanes = instantiate(code.lanes, { env: { memory } }) as LanesExports;
const { transforms } = kernelsOn(code, lanes, memory);

/** A group. */
const COUNT = 16;

test('next to the anchor, on either side, the SIMD kernel gives the bits of the specification, for any bounds', () => {
  const law = fc.property(anyBounds, ([low, high]) => {
    const parameters = boundedNormalParameters(0, 1, low, high);
    // Two words for each point of the lattice; the anchor lies before the point `split`.
    const first = 2 * parameters.split - COUNT / 2;
    const words = Uint32Array.from({ length: COUNT }, (_, i) => first + i);
    const expected = new Float32Array(COUNT);
    fillBoundedNormal(expected, words, parameters);
    new Uint32Array(memory.buffer, 0, COUNT).set(words);
    transforms.boundedNormal(0, 1, ...boundedNormalNumbers(parameters));
    expect(new Uint32Array(memory.buffer, 0, COUNT).slice()).toEqual(new Uint32Array(expected.buffer));
  });
  fc.assert(law, { numRuns: 2000, seed: 1 });
});
