/**
 * Box and Muller's transform of a block: 16 uniforms on [0, 1) become 16 normals in their places. Places j and j + 8 make a pair:
 * r = sqrt(-2 ln(1 - u[j])), t = 2 pi u[j + 8]; mean + std * r cos t goes to j, mean + std * r sin t to j + 8.
 *
 * Sources: Box and Muller, Ann. Math. Statist. 29(2), 1958, https://doi.org/10.1214/aoms/1177706645; NormalFill16 in
 * aten/src/ATen/native/cpu/DistributionTemplates.h of PyTorch 2.13.0: its AVX2 code for float32, its scalar code for float64.
 * @module
 */
import { log as doubleLog } from '../arithmetic/c-library/log.js';
import { sincos as doubleSincos } from '../arithmetic/c-library/sincos.js';
import { fma32, fma64 } from '../arithmetic/fma.js';
import { float32At, float64At } from '../arithmetic/typed-at.js';
import { log, sincos } from './cephes.js';
import { NORMAL_BLOCK } from './normal-layout.js';

export interface NormalLaw {
  readonly mean: number;
  readonly std: number;
}

const { fround } = Math;
const PAIRS = NORMAL_BLOCK / 2;
const TWO_PI = 2 * Math.PI;
const SINGLE_TWO_PI = 6.2831854820251465; // 0x40c90fdb

const singles = new Float32Array(2);
const doubles = new Float64Array(2);

/**
 * @param values  whole blocks, overwritten
 * @param law     float32 numbers
 */
export function transformSingles(values: Float32Array, { mean, std }: NormalLaw): void {
  for (let block = 0; block < values.length; block += NORMAL_BLOCK) {
    for (let i = block; i < block + PAIRS; i++) {
      const radius = fround(Math.sqrt(-2 * log(1 - float32At(values, i))));
      sincos(fround(SINGLE_TWO_PI * float32At(values, i + PAIRS)), singles);
      values[i] = fma32(fround(radius * float32At(singles, 1)), std, mean);
      values[i + PAIRS] = fma32(fround(radius * float32At(singles, 0)), std, mean);
    }
  }
}

/** @param values  whole blocks, overwritten */
export function transformDoubles(values: Float64Array, { mean, std }: NormalLaw): void {
  for (let block = 0; block < values.length; block += NORMAL_BLOCK) {
    for (let i = block; i < block + PAIRS; i++) {
      const radius = Math.sqrt(-2 * doubleLog(1 - float64At(values, i)));
      doubleSincos(TWO_PI * float64At(values, i + PAIRS), doubles);
      values[i] = fma64(radius * float64At(doubles, 1), std, mean);
      values[i + PAIRS] = fma64(radius * float64At(doubles, 0), std, mean);
    }
  }
}
