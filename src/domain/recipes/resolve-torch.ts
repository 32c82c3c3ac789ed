/**
 * Resolves a distribution to what torch draws it with: one `uniform_`, one `normal_`, or upstream's truncated normal, which is one
 * `normal_` of four numbers an element.
 * @module
 */
import { NotImplementedError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { checkDistribution, type Distribution } from './distribution.js';
import type { Init, InitKind } from './init.js';
import { resolveKernel } from './resolve-kernel.js';
import type { ResolvedKernel } from './resolved-kernel.js';
import { TRUNCATION } from '../kernels/truncated-normal.js';

/** The reason why torch's generator does not draw a kind; kinds that are not here it draws. */
const REFUSED: Readonly<Partial<Record<InitKind, string>>> = {
  wage_variance_scaling: "WAGE's first code draws with TensorFlow.",
  variance_scaling: 'Keras and JAX draw it, torch does not.',
  he_uniform: 'Keras and JAX draw it; the kind of torch is kaiming_uniform.',
  he_normal: 'Keras and JAX draw it; the kind of torch is kaiming_normal.',
  glorot_uniform: 'Keras and JAX draw it; the kind of torch is xavier_uniform.',
  glorot_normal: 'Keras and JAX draw it; the kind of torch is xavier_normal.',
  lecun_uniform: 'Keras and JAX draw it, torch does not.',
  lecun_normal: 'Keras and JAX draw it, torch does not.',
};

const refuse = (found: string, remedy: string): NotImplementedError => new NotImplementedError(found, remedy);

/** @throws {NotImplementedError} a kind, bounds or a dtype that torch does not draw with one call; {ValueError} BAD_RANGE */
export function resolveTorch(
  { distribution, grid }: { distribution: Distribution; grid?: { readonly codes: boolean } },
  form: TensorForm,
  { kind }: Init,
): ResolvedKernel {
  const where = nameTensor(form.name);
  const reason = REFUSED[kind];
  if (reason !== undefined)
    throw refuse(
      `${where}: torch's generator does not draw ${kind}.`,
      `${reason} Use the default generator for it.`,
    );
  if (distribution.kind === 'constant') return resolveKernel(distribution, form);
  if (form.dtype === 'int8' || grid?.codes === true)
    throw refuse(
      `${where}: torch's generator does not draw ${form.dtype}.`,
      'Draw weights, or codes with the default generator.',
    );
  checkDistribution(distribution, form);
  switch (distribution.kind) {
    case 'uniform':
      return { kernel: { kind: 'torch_uniform', low: distribution.low, high: distribution.high } };
    case 'normal':
      return { kernel: { kind: 'torch_normal', mean: distribution.mean, std: distribution.std } };
    case 'truncated_normal': {
      const { mean, std, low, high } = distribution;
      if (low === -TRUNCATION && high === TRUNCATION)
        return { kernel: { kind: 'torch_truncated_normal', mean, std } };
      const found = `${where}: torch's generator does not draw a normal truncated to ${show(low)} and ${show(high)}.`;
      throw refuse(
        found,
        "It draws upstream's, which is within 2 standard deviations. torch's own trunc_normal_ draws again what lies outside, so the words it takes depend on their values.",
      );
    }
  }
}
