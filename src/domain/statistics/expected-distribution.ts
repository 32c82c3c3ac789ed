/**
 * The distribution that a recipe's values have in theory: bounds, moments, distribution function, density. A tensor drawn by the
 * recipe is compared with it, and the tensor's histogram is drawn over it.
 * @module
 */
import { isRecipe, type Recipe } from '../recipes/recipe.js';
import type { ResolvedPieces, ResolvedSparse } from '../recipes/resolved-draw.js';
import { countElements } from '../tensors/shapes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { pointDistribution, type ExpectedDistribution } from './laws.js';
import { mixtureOf, type Component } from './mixture.js';
import { orthogonalDistribution } from './orthogonal-distribution.js';
import { patternDistribution } from './pattern-distribution.js';
import { streamDistribution } from './stream-distribution.js';
import { torchDistribution } from './torch-distribution.js';

/** Undefined for a tensor without elements, and where no one distribution is known: its values are not judged. */
export function expectedDistributionOf(recipe: Recipe, form: TensorForm): ExpectedDistribution | undefined {
  if (form.shape.includes(0)) return undefined;
  switch (recipe.kind) {
    case 'stream':
      return streamDistribution(recipe, form);
    case 'constant':
      return pointDistribution(recipe.value);
    case 'torch':
      return torchDistribution(recipe, countElements(form.shape));
    case 'pattern':
      return patternDistribution(recipe.pattern, form.dtype, countElements(form.shape));
    case 'sparse':
      return sparseDistribution(recipe, form);
    case 'orthogonal':
      return orthogonalDistribution(recipe.matrix, form.dtype);
    case 'pieces':
      return matricesDistribution(recipe, form) ?? piecesDistribution(recipe, recipe.init, form);
    default:
      return undefined;
  }
}

function sparseDistribution(
  { values, choice, init }: ResolvedSparse & Pick<Recipe, 'init'>,
  form: TensorForm,
): ExpectedDistribution | undefined {
  if (init.kind !== 'sparse') return undefined;
  const { rows, columns, zeros } = choice;
  const normal = { ...values, init: { kind: 'normal', mean: 0, std: init.std }, facts: {} } as const;
  const components = [
    { count: columns * zeros, of: pointDistribution(0) },
    { count: columns * (rows - zeros), of: streamDistribution(normal, form) },
  ];
  return mixtureOf(components.filter(({ count }) => count > 0));
}

/** Orthogonal matrices of one size, and zeros between them. Undefined for pieces of rows: each of those is a recipe. */
function matricesDistribution(
  { pieces }: ResolvedPieces,
  { dtype, shape }: TensorForm,
): ExpectedDistribution | undefined {
  const matrices = pieces.flatMap(({ of }) => (of.kind === 'orthogonal' && !isRecipe(of) ? [of.matrix] : []));
  const [first] = matrices;
  if (first === undefined) return undefined;
  const count = matrices.length * first.rows * first.columns;
  const rest = countElements(shape) - count;
  const components = [
    { count: rest, of: pointDistribution(0) },
    { count, of: orthogonalDistribution(first, dtype, matrices.length) },
  ];
  return mixtureOf(components.filter((component) => component.count > 0));
}

const OF_WHOLE_MATRICES: readonly Recipe['kind'][] = ['pattern', 'orthogonal', 'pieces'];

/** Pieces of rows: those of the tensor's own initialiser see its whole shape, others their own. */
function piecesDistribution(
  { pieces }: ResolvedPieces,
  init: Recipe['init'],
  form: TensorForm,
): ExpectedDistribution | undefined {
  const [, ...rest] = form.shape;
  const components: Component[] = [];
  let begin = 0;
  for (const { end, of } of pieces) {
    const shape = [(end - begin) / countElements(rest), ...rest];
    // What is left of a matrix has other values than all of it.
    const isPart = OF_WHOLE_MATRICES.includes(of.kind) && isRecipe(of) && of.init === init;
    const expected =
      isRecipe(of) && !isPart
        ? expectedDistributionOf(of, of.init === init ? form : { ...form, shape })
        : undefined;
    if (expected === undefined) return undefined;
    components.push({ count: end - begin, of: expected });
    begin = end;
  }
  return mixtureOf(components);
}
