/**
 * Which kinds torch draws, and what to use instead of the others. A new kind does not compile until it has its line here.
 * @module
 */
import { NotImplementedError } from '../../base/errors.js';
import { nameTensor } from '../../base/wording.js';
import { AXIS_NAMES } from './axes.js';
import type { Init, InitKind } from './init.js';

/** True for a kind that torch draws with one `uniform_` or `normal_`, or fills without a draw; else the reason, and what to use instead. */
export const TORCH_KINDS: Readonly<Record<InitKind, true | string>> = {
  wage: true,
  wage_variance_scaling:
    "WAGE's first code draws it, with TensorFlow. Use wage, which is xbtorch's, or the default generator.",
  uniform: true,
  normal: true,
  truncated_normal: true,
  keep: true,
  zeros: true,
  ones: true,
  constant: true,
  eye: true,
  identity: true,
  dirac: true,
  sparse:
    "torch's sparse_ chooses zeros with randperm, which ignores the generator. Use normal, or the default generator.",
  values: true,
  arange: true,
  stft: true,
  integers: otherwise('random_', 'round its values down'),
  bits: otherwise('random_', 'take parts of its patterns'),
  bernoulli: otherwise('bernoulli_', 'compare its values with p'),
  rademacher:
    'torch has no call for it. Use uniform and take the signs of its values, or the default generator.',
  log_uniform: 'torch has no call for it. Use uniform and map its values, or the default generator.',
  log_normal:
    "torch's log_normal_ takes words in a way of its own. Use normal and map its values, or the default generator.",
  exponential: otherwise('exponential_', 'map its values'),
  laplace: 'torch has no call for it. Use uniform and map its values, or the default generator.',
  cauchy: otherwise('cauchy_', 'map its values'),
  gumbel: 'torch has no call for it. Use uniform and map its values, or the default generator.',
  delta_orthogonal: 'JAX draws it. Use dirac, or the default generator.',
  orthogonal:
    "torch's own is a QR decomposition by LAPACK, whose numbers differ between machines. Use normal, or the default generator.",
  variance_scaling:
    'Keras and JAX draw it. Use kaiming_uniform, kaiming_normal, xavier_uniform or xavier_normal, or the default generator.',
  kaiming_uniform: true,
  kaiming_normal: true,
  xavier_uniform: true,
  xavier_normal: true,
  he_uniform: instead('kaiming_uniform'),
  he_normal: instead('kaiming_normal, which is not truncated'),
  glorot_uniform: instead('xavier_uniform'),
  glorot_normal: instead('xavier_normal, which is not truncated'),
  lecun_uniform: instead('kaiming_uniform with the nonlinearity "linear"'),
  lecun_normal: instead('kaiming_normal with the nonlinearity "linear", which is not truncated'),
};

function otherwise(call: string, then: string): string {
  return `torch's ${call} takes words in a way of its own. Use uniform and ${then}, or the default generator.`;
}

function instead(kind: string): string {
  return `Keras and JAX draw it. Use ${kind}, or the default generator.`;
}

/**
 * Also refuses Keras's layout of torch's own kinds: torch reads shapes as [out, in, ...], so there is no call of kaiming_uniform_ or
 * its like that would give these numbers.
 * @throws {NotImplementedError} a kind that torch does not draw, or not so
 */
export function checkTorchKind(init: Init, name: string | undefined): void {
  const answer = TORCH_KINDS[init.kind];
  if (answer !== true) throw refuseTorch(init.kind, answer, name);
  if ('layout' in init && init.layout !== 'torch')
    throw refuseTorch(
      `${init.kind} in the layout "${init.layout}"`,
      'torch reads shapes as [out, in, ...]. Use the layout "torch", uniform or normal with a width of your own, or the default generator.',
      name,
      'layout',
    );
  const axis = AXIS_NAMES.find((key) => key in init);
  if (axis !== undefined)
    throw refuseTorch(
      `${init.kind} with axes of its own`,
      'torch reads shapes as [out, in, ...]. Leave them out, give fan_in, or use the default generator.',
      name,
      axis,
    );
  if ('codes' in init && init.codes)
    throw refuseTorch(
      'codes',
      'torch draws only weights. Leave codes out, or use the default generator.',
      name,
      'codes',
    );
}

/** torch fills a tensor with one call, and overwrites rows without a draw: an embedding's `padding_idx`. */
export const refuseTorchRows = (kind: InitKind, name: string | undefined): NotImplementedError =>
  refuseTorch(
    `rows of ${kind} beside others`,
    'Its calls draw whole tensors: rows of zeros, ones, constant or another kind without words are set afterwards. Use the default generator.',
    name,
    'rows',
  );

export function refuseTorch(
  what: string,
  reason: string,
  name: string | undefined,
  parameter?: string,
): NotImplementedError {
  const found = `${nameTensor(name)}: torch's generator does not draw ${what}.`;
  return new NotImplementedError(found, reason, parameter === undefined ? {} : { parameter });
}
