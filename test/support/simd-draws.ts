/** Large samples by the SIMD kernels, in a tenth of the specification's time. The tests in test/engine/simd prove that both give the same bytes. */
import type { Draw } from '../../src/domain/draws/draw.js';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import { compileSimd } from '#built/engine/simd/code.js';
import { SimdFiller } from '#built/engine/simd/simd-filler.js';

const filler = new SimdFiller(compileSimd(), SCRATCH_BYTES);

/** Overwrites all elements of the buffer. */
export function fillBySimd(
  draw: Draw,
  out: Float32Array<SharedArrayBuffer> | Float64Array<SharedArrayBuffer>,
): void {
  filler.fillBuffer(draw, 0, out.length, out.buffer, out.byteOffset);
}
