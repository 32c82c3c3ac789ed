/**
 * Fills ranges of what torch's CPU generator draws: the scalar specification. Any range alone costs a jump to its first word and
 * its own values.
 * @module
 */
import { fillUniform } from './fill-uniform.js';
import type { NormalLaw } from './normal-block.js';
import { drawNormalBlocks } from './normal-blocks.js';
import { CANDIDATES, countNormals, NORMAL_BLOCK } from './normal-layout.js';
import { drawFewNormals } from './normal-pairs.js';
import { storeValues, type Values } from './rounding.js';
import type { TorchDraw, TorchElements } from './torch-draw.js';
import { truncate } from './truncate.js';

/**
 * Fills `out` with elements start to start + out.length - 1 of the draw.
 * @param start  element of the whole tensor
 * @param out    shape [n] of the draw's dtype, overwritten
 */
export function fillTorchRange(draw: TorchDraw, start: number, out: TorchElements): void {
  const { kernel } = draw;
  switch (kernel.kind) {
    case 'torch_uniform':
      fillUniform(draw, kernel, start, out);
      break;
    case 'torch_normal':
      fillNormal(draw, kernel, start, out);
      break;
    case 'torch_truncated_normal':
      fillTruncatedNormal(draw, kernel, start, out);
      break;
  }
}

function fillNormal(draw: TorchDraw, law: NormalLaw, start: number, out: TorchElements): void {
  let done = 0;
  drawNormals(draw, law, start, start + out.length, (values) => {
    storeValues(draw.dtype, out.subarray(done, (done += values.length)), values);
  });
}

const STANDARD: NormalLaw = { mean: 0, std: 1 };

function fillTruncatedNormal(draw: TorchDraw, law: NormalLaw, start: number, out: TorchElements): void {
  const end = start + out.length;
  let done = 0;
  // Blocks hold four whole elements, the last 16 normals of a draw too: no piece divides an element.
  drawNormals(draw, STANDARD, CANDIDATES * start, CANDIDATES * end, (normals) => {
    const values = truncate(normals, draw.dtype, law);
    storeValues(draw.dtype, out.subarray(done, (done += values.length)), values);
  });
}

/** Gives normals first to end - 1 of a draw to `take`, piece by piece. */
function drawNormals(
  draw: TorchDraw,
  law: NormalLaw,
  first: number,
  end: number,
  take: (values: Values) => void,
): void {
  const count = countNormals(draw.kernel, draw.elementCount);
  if (first === end) return;
  if (count < NORMAL_BLOCK) take(drawFewNormals(draw, count, law).subarray(first, end));
  else drawNormalBlocks(draw, law, first, end, take);
}
