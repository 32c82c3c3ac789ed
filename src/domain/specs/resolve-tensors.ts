/**
 * Resolves assigned tensors to recipes: values of dtypes and shapes are checked, and what an initialiser takes from its rule's pattern or
 * from another tensor becomes plain numbers.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { suggest } from '../../base/wording.js';
import { CODE_DTYPE } from '../kernels/codes.js';
import type { InitInput } from '../recipes/init.js';
import { resolveInit } from '../recipes/resolve-init.js';
import { resolveRecipe } from '../recipes/recipe.js';
import type { InitContext } from '../recipes/resolve-scaled.js';
import type { GeneratorName } from '../streams/generators.js';
import { checkDtype, DEFAULT_DTYPE, type Dtype } from '../tensors/dtypes.js';
import { checkDimensions, checkShape, countElements } from '../tensors/shapes.js';
import type { Assignment, DrawnAssignment } from './assignments.js';
import { CaptureReader } from './captures.js';
import type { ModelTensor } from './model-tensor.js';
import { readOrigin } from './origin.js';
import { readStream } from './stream-name.js';
import { suggestRule } from './suggest-rule.js';
import { tieTensor } from './ties.js';

/** @throws {ValueError} what a fill refuses, and what ties and captures do; each error begins with a path in the spec */
export function resolveTensors(
  assignments: readonly Assignment[],
  generator: GeneratorName,
): readonly ModelTensor[] {
  const resolver = new TensorResolver(assignments, generator);
  const drawn = new Map(
    assignments.flatMap((tensor) => (tensor.kind === 'drawn' ? [[tensor.name, resolver.draw(tensor)]] : [])),
  );
  return assignments.map((tensor) => drawn.get(tensor.name) ?? tieTensor(tensor, drawn));
}

class TensorResolver {
  readonly #assignments: readonly Assignment[];
  readonly #generator: GeneratorName;
  readonly #captures = new CaptureReader();
  #byName: ReadonlyMap<string, Assignment> | undefined;

  constructor(assignments: readonly Assignment[], generator: GeneratorName) {
    this.#assignments = assignments;
    this.#generator = generator;
  }

  draw(assignment: DrawnAssignment): ModelTensor {
    const { name, where, init: given } = assignment;
    const dtype = readDtype(assignment);
    const shape = checkAt(`${where}.shape`, () => checkShape(assignment.shape, dtype, name));
    const recipe = checkAt(given.where, () =>
      suggestRule(shape, name, given.where, () => {
        const init = resolveInit(given.value as InitInput, this.#contextOf(assignment, shape));
        return resolveRecipe(init, { name, dtype, shape }, this.#generator);
      }),
    );
    const origin = readOrigin(assignment.origin, this.#generator, where);
    const stream = readStream(assignment.stream, this.#generator, where);
    return {
      ...{ name, shape, dtype, elementCount: countElements(shape), recipe },
      ...(origin && { origin }),
      ...(stream !== undefined && { stream }),
    };
  }

  #contextOf({ name, init: { rule } }: DrawnAssignment, shape: readonly number[]): InitContext {
    return {
      ...{ name, shape },
      captureOf: (group) => this.#captures.capture(group, rule, name),
      shapeOf: (reference) => this.#shapeOf(this.#captures.expand(reference, rule, name)),
    };
  }

  #shapeOf(name: string): readonly number[] {
    this.#byName ??= new Map(this.#assignments.map((assignment) => [assignment.name, assignment]));
    const named = this.#byName.get(name);
    if (named !== undefined) return checkDimensions(named.shape, name);
    const found = `The spec has no tensor ${JSON.stringify(name)}.`;
    throw new ValueError('BAD_SPEC', found, suggest(name, [...this.#byName.keys()]));
  }
}

function readDtype({ name, where, init, dtype }: DrawnAssignment): Dtype {
  const { codes } = init.value as { readonly codes?: unknown };
  const usual = codes !== undefined && codes !== false ? CODE_DTYPE : DEFAULT_DTYPE;
  const { value = usual, where: path = `${where}.dtype` } = dtype ?? {};
  return checkAt(path, () => checkDtype(value, name));
}
