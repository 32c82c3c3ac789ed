/**
 * Kernels with their parameters to calls of SIMD code. Where a parameter makes an operation do nothing to any value, a
 * shorter loop without it gives the same bytes faster.
 * @module
 */
import type { Kernel } from '../../domain/kernel.js';
import { COEFFICIENTS } from '../../domain/kernels/truncated-normal.js';
import { outermostValues, type UniformParameters } from '../../domain/kernels/uniform.js';
import type { KernelsExports } from './code.js';

/** Fills so many groups of 16 elements from address `dst` on, and moves the lanes on. */
export type FillGroups = (dst: number, groups: number) => void;

/** From here on no std * z, z at least 2^-25, and no m * spacing underflows to -0, which + 0 would turn into 0. */
const NEVER_UNDERFLOWS = 2 ** -100;

export function bindKernel(code: KernelsExports, kernel: Kernel): FillGroups {
  switch (kernel.kind) {
    case 'constant':
      return (dst, groups) => {
        code.fillConstant(dst, groups, kernel.value);
      };
    case 'uniform':
      return bindUniform(code, kernel);
    case 'truncated_normal':
      if (kernel.mean === 0 && kernel.std >= NEVER_UNDERFLOWS) {
        return (dst, groups) => {
          code.fillTruncatedNormalCentred(dst, groups, kernel.std);
        };
      }
      return (dst, groups) => {
        code.fillTruncatedNormal(dst, groups, kernel.std, kernel.mean);
      };
  }
}

function bindUniform(code: KernelsExports, parameters: UniformParameters): FillGroups {
  const { spacing, centre, lowest, highest } = parameters;
  const [least, most] = outermostValues(parameters);
  if (least < lowest || most > highest) {
    return (dst, groups) => {
      code.fillUniform(dst, groups, spacing, centre, lowest, highest);
    };
  }
  if (centre === 0 && spacing >= NEVER_UNDERFLOWS) {
    return (dst, groups) => {
      code.fillUniformCentred(dst, groups, spacing);
    };
  }
  return (dst, groups) => {
    code.fillUniformShifted(dst, groups, spacing, centre);
  };
}

/** The specification's coefficients to the code's variables. */
export function setCoefficients(code: KernelsExports): void {
  for (const [name, value] of COEFFICIENTS) code[name].value = value;
}
