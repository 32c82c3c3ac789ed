/**
 * Recipes: an initialiser resolved for a shape and a dtype, that is, a kernel with its parameters, and the figures to report.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { readExact } from './integer-parameter.js';
import type { Init, WageInit, WageVarianceScaling } from './init.js';
import { codeStep, isCodeWidth } from '../kernels/codes.js';
import { measureCodeUse, type CodeUse } from './code-use.js';
import { openBounds, type Distribution } from './distribution.js';
import { resolveCodes, resolveKernel } from './resolve-kernel.js';
import { describeOrthogonal, resolveOrthogonal } from './resolve-orthogonal.js';
import { resolveDelta } from './resolve-delta.js';
import { isPatternInit, resolvePattern, type PatternInit } from './resolve-pattern.js';
import { resolveSparse } from './resolve-sparse.js';
import { resolveTorch } from './resolve-torch.js';
import { isWholeInit, resolveWhole, type WholeInit } from './resolve-whole.js';
import { checkInitSize } from './init-size.js';
import { PACKED_CODES } from './code-forms.js';
import { latticeOf } from './lattice.js';
import { mapIfAsked } from './mapped-values.js';
import { formOfWeights, resolvePacked } from './resolve-packed.js';
import { resolveRows } from './resolve-rows.js';
import { sequenceKernelOf, type ResolvedDraw, type StreamKernel } from './resolved-draw.js';
import { DEFAULT_GENERATOR, type GeneratorName } from '../streams/generators.js';
import { resolveWidth, type Scheme } from './schemes.js';
import { truncatedNormalOf } from './truncation.js';
import { DEFAULT_DTYPE, DTYPES } from '../tensors/dtypes.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { nameTensor } from '../../base/wording.js';
import { checkTorchKind, refuseTorchRows } from './torch-kinds.js';
import { checkWageMode, wageLimits, wageVarianceLimits } from './wage.js';

/** Figures of a filled tensor, for reports and metadata. */
export interface Facts {
  readonly fanIn?: number;
  readonly fanOut?: number;
  /** Half the width of a uniform: WAGE's limit, or a scheme's, as a double. */
  readonly limit?: number;
  /** The standard deviation of a scheme's or WAGE's normal before truncation, as a double. */
  readonly std?: number;
  readonly weightScale?: number;
  /** The value of code 1 before division by the weight scale: 2^(1 - bits). For int8 codes. */
  readonly step?: number;
}

export type Recipe = ResolvedDraw & RecipeFacts;

/** The pieces of a recipe are recipes where rows have initialisers of their own. */
export const isRecipe = (resolved: ResolvedDraw): resolved is Recipe => 'init' in resolved;

/** A recipe for the default generator. */
export type StreamRecipe = StreamKernel & RecipeFacts;

interface RecipeFacts {
  readonly init: Init;
  readonly facts: Facts;
  /** For WAGE layers. */
  readonly grid?: Grid;
}

/** For empty tensors, whose widths may be infinite. */
const NOTHING: Distribution = { kind: 'constant', value: 0 };

/** How a generator draws a distribution: one resolver each. */
const RESOLVERS: Readonly<
  Record<GeneratorName, (resolved: Resolved, form: TensorForm, init: Init, first: number) => ResolvedDraw>
> = { 'xoroshiro128+': resolveStreams, torch: resolveTorch };

/**
 * Checks every parameter against shape and dtype.
 * @throws {NotImplementedError} a WAGE mode other than fan_in, before anything else; a kind that the generator does not draw
 * @throws {ValueError} BAD_SHAPE, BAD_BITS, BAD_FACTOR, BAD_LIMIT, BAD_RANGE, BAD_OPTION
 */
export function resolveRecipe(
  init: Init,
  form: TensorForm,
  generator: GeneratorName = DEFAULT_GENERATOR,
): Recipe {
  const recipe = resolveOwn(init, form, generator, 0);
  checkInitSize(init, form.name);
  if (init.rows === undefined && init.zero_rows === undefined) return recipe;
  if (recipe.kind === 'packed') throw refusePackedRows(form, init.rows === undefined ? 'zero_rows' : 'rows');
  const { facts, grid } = recipe;
  const draw = resolveRows<Init>(recipe, init, form, { kind: 'zeros' }, (rows, rowsForm, first) => {
    const resolved = resolveOwn(rows, rowsForm, generator, first);
    if (sequenceKernelOf(resolved) !== undefined) throw refuseTorchRows(rows.kind, form.name);
    return resolved;
  });
  return { init, ...draw, facts, ...(grid && { grid }) };
}

function refusePackedRows({ name }: TensorForm, parameter: 'zero_rows' | 'rows'): ValueError {
  const found = `${nameTensor(name)}: the codes are packed, and some rows have an initialiser of their own.`;
  return new ValueError('BAD_OPTION', found, 'Packed codes are those of one initialiser.', { parameter });
}

/**
 * What all rows are drawn with that have no initialiser of their own.
 * @param first  the element of the tensor that the initialiser's shape begins with
 */
function resolveOwn(init: Init, form: TensorForm, generator: GeneratorName, first: number): Recipe {
  if (!isDistributed(init)) {
    if (generator !== DEFAULT_GENERATOR) checkTorchKind(init, form.name);
    return { init, ...resolveDirectly(init, form, first), facts: {} };
  }
  const resolved = resolveDistribution(init, form);
  const { facts, grid } = resolved;
  const kernel = RESOLVERS[generator](resolved, form, init, first);
  const step = grid?.codes === undefined || grid.codes === false ? {} : { step: codeStep(grid.bits) };
  return { init, ...kernel, facts: { ...facts, ...step }, ...(grid && { grid }) };
}

/** The kinds whose values are rounded from one distribution of real numbers. */
export type DistributedInit = Exclude<Init, DirectInit>;
type DirectInit = PatternInit | WholeInit | Extract<Init, { kind: (typeof DIRECT_KINDS)[number] }>;

const DIRECT_KINDS = ['keep', 'sparse', 'delta_orthogonal'] as const;

export const isDistributed = (init: Init): init is DistributedInit =>
  !isPatternInit(init) && !isWholeInit(init) && !DIRECT_KINDS.some((kind) => kind === init.kind);

/** @param first  the element of the tensor that the initialiser's shape begins with */
function resolveDirectly(init: DirectInit, form: TensorForm, first: number): ResolvedDraw {
  if (init.kind === 'keep') return { kind: 'kept' };
  if (init.kind === 'sparse') return resolveSparse(init, form, first);
  if (init.kind === 'delta_orthogonal') return resolveDelta(init.gain, form, first);
  if (isWholeInit(init)) return resolveWhole(init, form);
  return { kind: 'pattern', pattern: resolvePattern(init, form), first };
}

function resolveStreams(
  { distribution, grid }: Resolved,
  form: TensorForm,
  init: Init,
  first: number,
): ResolvedDraw {
  if (init.kind === 'orthogonal') return resolveOrthogonal(init, form, first);
  switch (grid?.codes) {
    case true:
      return resolveCodes(distribution, grid.bits, form);
    case PACKED_CODES:
      return resolvePacked(distribution, grid.bits, form, grid.weights);
    default:
      return resolveKernel(distribution, form);
  }
}

/** The grid to which a WAGE layer's weights are, or will be, quantized. */
interface Grid {
  readonly bits: number;
  readonly codes: WageInit['codes'];
  /** The form of the weights: not that of a tensor which holds their packed codes. */
  readonly weights: TensorForm;
}

interface Resolved {
  readonly distribution: Distribution;
  readonly facts: Facts;
  readonly grid?: Grid;
}

/** The code use of a WAGE layer of 2 to 8 bits; undefined for any other, for an empty one, and for doubles that streams feed. */
export function codeUseOf(recipe: Recipe): CodeUse | undefined {
  const { grid } = recipe;
  if (grid === undefined || !isCodeWidth(grid.bits)) return undefined;
  const lattice = latticeOf(recipe);
  return lattice && measureCodeUse(lattice, grid.bits);
}

/** The distribution of a tensor's values, in doubles, before any rounding. */
export function distributionOf(init: Init, form: TensorForm): Distribution {
  if (isDistributed(init)) return openBounds(resolveDistribution(init, form).distribution);
  throw new TypeError(`The values of ${init.kind} have no one distribution`);
}

function resolveDistribution(init: DistributedInit, form: TensorForm): Resolved {
  switch (init.kind) {
    case 'wage':
      return resolveWage(init, form);
    case 'wage_variance_scaling':
      return resolveWageVariance(init, form);
    case 'uniform':
    case 'normal':
    case 'log_uniform':
      return { distribution: mapIfAsked(init, init, form.name), facts: {} };
    case 'truncated_normal':
      return { distribution: mapIfAsked(truncatedNormalOf(init, form.name), init, form.name), facts: {} };
    case 'log_normal':
      return { distribution: mapIfAsked({ ...init, kind: 'normal' }, { map: 'exp' }, form.name), facts: {} };
    case 'exponential':
    case 'laplace':
    case 'cauchy':
    case 'gumbel':
      return { distribution: init, facts: {} };
    case 'constant':
      return { distribution: { kind: 'constant', value: readExact(init.value) }, facts: {} };
    case 'zeros':
      return { distribution: { kind: 'constant', value: 0 }, facts: {} };
    case 'ones':
      return { distribution: { kind: 'constant', value: 1 }, facts: {} };
    case 'orthogonal':
      return describeOrthogonal(init, form);
    default:
      return resolveScheme(init, form);
  }
}

function resolveWage(init: WageInit, form: TensorForm): Resolved {
  const { bits, factor, mode, codes } = init;
  checkWageMode(mode, form.name);
  const weights = formOfWeights(init, form);
  const { fanIn, limit, weightScale } = wageLimits(weights.shape, bits, factor, form.name);
  const grid = { bits, codes, weights };
  if (fanIn === 0) return { distribution: NOTHING, facts: { fanIn, weightScale }, grid };
  checkLimit(limit, form);
  const facts = { fanIn, limit, weightScale };
  return { distribution: { kind: 'uniform', low: -limit, high: limit }, facts, grid };
}

/** Codes are computed from float32 weights. */
function checkLimit(limit: number, { dtype, name }: TensorForm): void {
  const held = DTYPES[dtype].category === 'integer' ? DEFAULT_DTYPE : dtype;
  if (limit <= DTYPES[held].largest) return;
  const found = `${nameTensor(name)}: the limit is ${limit}, more than a ${held} can hold.`;
  throw new ValueError('BAD_LIMIT', found, 'Choose a smaller factor.');
}

function resolveWageVariance(init: WageVarianceScaling, form: TensorForm): Resolved {
  const weights = formOfWeights(init, form);
  const { fans, limit, weightScale } = wageVarianceLimits(weights.shape, init, form.name);
  const { bits, codes } = init;
  const grid = { bits, codes, weights };
  const width = init.distribution === 'uniform' ? { limit } : { std: limit };
  const facts = { ...fans, ...width, weightScale };
  if (countElements(form.shape) === 0)
    return { distribution: NOTHING, facts: { ...fans, weightScale }, grid };
  checkLimit(limit, form);
  if (init.distribution === 'uniform')
    return { distribution: { kind: 'uniform', low: -limit, high: limit }, facts, grid };
  return { distribution: { kind: 'truncated_normal', mean: 0, std: limit, low: -2, high: 2 }, facts, grid };
}

function resolveScheme(scheme: Scheme, form: TensorForm): Resolved {
  const { fans, width } = resolveWidth(scheme, form.shape, form.name);
  if (countElements(form.shape) === 0) return { distribution: NOTHING, facts: fans };
  const furthest = width.distribution === 'uniform' ? width.limit : 2 * width.std;
  if (!(furthest <= DTYPES[form.dtype].largest)) {
    const found = `${nameTensor(form.name)}: the width of ${scheme.kind} is ${furthest}, more than a ${form.dtype} can hold.`;
    throw new ValueError('BAD_RANGE', found, 'Choose a smaller scale or gain.');
  }
  if (width.distribution === 'uniform') {
    const { limit } = width;
    return { distribution: { kind: 'uniform', low: -limit, high: limit }, facts: { ...fans, limit } };
  }
  const { std } = width;
  const kind = width.distribution;
  const facts = { ...fans, std };
  if (kind === 'normal') return { distribution: { kind, mean: 0, std }, facts };
  return { distribution: { kind, mean: 0, std, low: -2, high: 2 }, facts };
}
