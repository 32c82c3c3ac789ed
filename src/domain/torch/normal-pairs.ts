/**
 * Normals of a draw of fewer than 16, whatever its dtype: pairs from Box and Muller's transform in doubles. The second of a pair
 * waits for the next normal, of this draw or of a later one.
 *
 * A pair takes two doubles u1, u2: r = sqrt(-2 ln(1 - u2)), t = 2 pi u1; r cos t, then r sin t.
 *
 * Source: normal_distribution in ATen/core/DistributionsHelper.h of PyTorch 2.13.0, compiled with fused multiply-add.
 * @module
 */
import { log1p } from '../arithmetic/c-library/log1p.js';
import { sincos } from '../arithmetic/c-library/sincos.js';
import { fma64 } from '../arithmetic/fma.js';
import { float64At } from '../arithmetic/typed-at.js';
import { openWords } from '../streams/mt19937-words.js';
import type { NormalLaw } from './normal-block.js';
import { countNewPairs, countNormals, WORDS_PER_PAIR } from './normal-layout.js';
import type { TorchDraw } from './torch-draw.js';
import { uniformDouble } from './uniforms.js';

const TWO_PI = 2 * Math.PI;
const sineAndCosine = new Float64Array(2);

/** The standard normals that a draw of fewer than 16 has at hand: an earlier draw's, then its own pairs. It leaves the last if it uses one less. */
function standardNormals({ root, firstWord, cachedNormal }: TorchDraw, count: number): readonly number[] {
  const normals = cachedNormal === undefined ? [] : [cachedNormal];
  const pairs = countNewPairs(count, cachedNormal !== undefined);
  if (pairs === 0) return normals;
  const words = new Uint32Array(WORDS_PER_PAIR * pairs);
  openWords(root, firstWord).read(words);
  for (let pair = 0; pair < pairs; pair++) {
    const radius = Math.sqrt(-2 * log1p(-uniformDouble(words, 2 * pair + 1)));
    sincos(TWO_PI * uniformDouble(words, 2 * pair), sineAndCosine);
    normals.push(radius * float64At(sineAndCosine, 1), radius * float64At(sineAndCosine, 0));
  }
  return normals;
}

/** All normals of a draw of fewer than 16, not yet rounded to its dtype. */
export function drawFewNormals(draw: TorchDraw, count: number, { mean, std }: NormalLaw): Float64Array {
  const normals = standardNormals(draw, count).slice(0, count);
  return Float64Array.from(normals, (normal) => fma64(normal, std, mean));
}

/** The second normal of a pair that waits after a draw of fewer than 16. */
export function cachedAfter(draw: TorchDraw): number | undefined {
  const count = countNormals(draw.kernel, draw.elementCount);
  return standardNormals(draw, count)[count];
}
