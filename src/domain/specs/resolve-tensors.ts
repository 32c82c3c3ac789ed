/**
 * Resolves assigned tensors to recipes: values of dtypes and shapes are checked, and what an initialiser takes from its rule's pattern or
 * from another tensor becomes plain numbers.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { at } from '../../base/at.js';
import { nameTensor, suggest } from '../../base/wording.js';
import { CODE_DTYPE } from '../kernels/codes.js';
import { PACKED_DTYPE } from '../kernels/packed-codes.js';
import { PACKED_CODES } from '../recipes/code-forms.js';
import type { InitInput } from '../recipes/init.js';
import { resolveInit } from '../recipes/resolve-init.js';
import { resolveRecipe } from '../recipes/recipe.js';
import type { InitContext } from '../recipes/resolve-scaled.js';
import type { GeneratorName } from '../streams/generators.js';
import { checkDtype, DEFAULT_DTYPE, type Dtype } from '../tensors/dtypes.js';
import { checkDimensions, checkShape, countElements } from '../tensors/shapes.js';
import type { Assignment, DrawnAssignment, SkippedAssignment } from './assignment.js';
import { CaptureReader } from './captures.js';
import type { ModelTensor } from './model-tensor.js';
import {
  besidePacked,
  isPackedLayer,
  packedTensor,
  type PackedLayer,
  type SpecifiedTensor,
} from './packed-layer.js';
import { readOrigin } from './origin.js';
import { readStream } from './stream-name.js';
import { suggestRule } from './suggest-rule.js';
import { tieTensor } from './ties.js';
import { UnheldTensors } from './unheld-tensors.js';

/**
 * @returns  the tensors of a checkpoint: a layer of packed codes is three
 * @throws {ValueError} what a fill refuses, and what ties and captures do; each error begins with a path in the spec
 */
export function resolveTensors(
  assignments: readonly Assignment[],
  generator: GeneratorName,
): readonly ModelTensor[] {
  const resolver = new TensorResolver(assignments, generator);
  const drawn = assignments.map((tensor) => (tensor.kind === 'drawn' ? resolver.draw(tensor) : []));
  resolver.refuseUnheld();
  const byName = new Map(drawn.flat().map((tensor) => [tensor.listedName ?? tensor.name, tensor]));
  const skipped = new Map(
    assignments.flatMap((tensor) => (tensor.kind === 'skipped' ? [[tensor.name, tensor.rule]] : [])),
  );
  const tensors = assignments.flatMap((tensor, i): readonly ModelTensor[] => {
    switch (tensor.kind) {
      case 'drawn':
        return at(drawn, i);
      case 'tied':
        return [tieTensor(tensor, byName, skipped)];
      case 'skipped':
        return checkSkipped(tensor);
    }
  });
  checkPackedNames(tensors);
  return tensors;
}

/** A tensor that is left out is not checked for what it would be drawn with. */
function checkSkipped({ name, shapePath, shape }: SkippedAssignment): readonly ModelTensor[] {
  checkAt(shapePath, () => checkDimensions(shape, name));
  return [];
}

/** Under the name that it is written by, as are all tensors of a packed layer. Errors before this repeat the listed name. */
function rename(tensor: ModelTensor, { name, written }: DrawnAssignment): ModelTensor {
  if (written === name) return tensor;
  return { ...tensor, name: written + tensor.name.slice(name.length), listedName: tensor.name };
}

/** Only the names of a packed layer's tensors can be those of others: the listed ones differ. */
function checkPackedNames(tensors: readonly ModelTensor[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) {
      const found = `${nameTensor(name)} is listed, and is a tensor of a layer whose codes are packed.`;
      throw new ValueError('BAD_NAME', found, 'Leave it out, or give one of them another name.');
    }
    names.add(name);
  }
}

class TensorResolver {
  readonly #assignments: readonly Assignment[];
  readonly #generator: GeneratorName;
  readonly #captures = new CaptureReader();
  readonly #unheld = new UnheldTensors();
  #byName: ReadonlyMap<string, Assignment> | undefined;

  constructor(assignments: readonly Assignment[], generator: GeneratorName) {
    this.#assignments = assignments;
    this.#generator = generator;
  }

  draw(assignment: DrawnAssignment): readonly ModelTensor[] {
    const { name, written, where, shapePath, init: given } = assignment;
    const dtype = readDtype(assignment);
    const shape = checkAt(shapePath, () => checkShape(assignment.shape, dtype, name));
    const origin = readOrigin(assignment.origin, this.#generator, where);
    const stream = readStream(assignment.stream, this.#generator, where);
    const placed = { ...(origin && { origin }), ...(stream !== undefined && { stream }) };
    const place = { name, shape, dtype, init: given.value, where: given.where };
    const check = (): readonly ModelTensor[] => {
      const init = resolveInit(given.value as InitInput, this.#contextOf(assignment, shape));
      const tensor = { name, shape, dtype, init };
      return isPackedLayer(tensor)
        ? this.#pack(tensor, { stream: written, ...placed })
        : [{ ...this.#resolve(tensor), ...placed }];
    };
    const resolved = checkAt(given.where, () => suggestRule(place, () => this.#unheld.collect(place, check)));
    return resolved.map((tensor) => rename(tensor, assignment));
  }

  /** @throws {ValueError} BAD_DTYPE: tensors whose dtype does not hold what a rule or the default draws */
  refuseUnheld(): void {
    this.#unheld.refuse();
  }

  #pack(layer: PackedLayer, placed: Pick<ModelTensor, 'origin' | 'stream'>): readonly ModelTensor[] {
    const packed = { ...this.#resolve(packedTensor(layer), layer.name), ...placed };
    return [packed, ...besidePacked(layer, packed.recipe.facts).map((tensor) => this.#resolve(tensor))];
  }

  /** @param listed  the name in the spec, which errors repeat */
  #resolve({ name, shape, dtype, init }: SpecifiedTensor, listed = name): ModelTensor {
    const recipe = resolveRecipe(init, { name: listed, dtype, shape }, this.#generator);
    return { name, shape, dtype, elementCount: countElements(shape), recipe };
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
  const { value = usualDtype(init.value), where: path = `${where}.dtype` } = dtype ?? {};
  return checkAt(path, () => checkDtype(value, name));
}

/** That of codes, or the default. */
function usualDtype({
  codes,
  unpacked_shape: unpacked,
}: {
  codes?: unknown;
  unpacked_shape?: unknown;
}): Dtype {
  if (codes === true) return CODE_DTYPE;
  return codes === PACKED_CODES && unpacked !== undefined ? PACKED_DTYPE : DEFAULT_DTYPE;
}
