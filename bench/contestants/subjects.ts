/**
 * The recipes that most questions time, their draws, and their tensors.
 * @module
 */
import type { Draw } from '#built/domain/draws/draw.js';
import { completeInit, type Init } from '#built/domain/recipes/init.js';
import { makeDraw } from '#built/domain/recipes/draws.js';
import { resolveRecipe } from '#built/domain/recipes/recipe.js';
import { DEFAULT_DTYPE, DTYPES, type Dtype } from '#built/domain/tensors/dtypes.js';
import { DEFAULT_GENERATOR } from '#built/domain/streams/generators.js';
import { countElements } from '#built/domain/tensors/shapes.js';
import { SharedTensor } from '#built/engine/memory/shared-tensor.js';
import { allocateMemory, WASM_PAGE_BYTES, type SharedMemory } from '#built/engine/memory/wasm.js';
import type { Engine } from '#built/api/engine.js';
import { BYTES_PER_ELEMENT } from '../measure/answer.js';

export const SEED = 42n;
const NAME = 'bench';

export interface Subject {
  readonly label: string;
  readonly init: Init;
  /** The same through the public call. */
  readonly fill: (engine: Engine, tensor: SharedTensor) => Promise<unknown>;
}

const WAGE = { bits: 2, factor: 1 } as const;
const UNIFORM = { low: 0, high: 1 } as const;
const TRUNCATED_NORMAL = { std: 0.02 } as const;

export const wage: Subject = {
  label: 'wageInit_ (uniform, centred)',
  init: completeInit({ kind: 'wage', ...WAGE }),
  fill: (engine, tensor) => engine.wageInit_(tensor, WAGE.bits, { factor: WAGE.factor }),
};

export const uniform: Subject = {
  label: 'uniform_ (with a centre)',
  init: { kind: 'uniform', ...UNIFORM },
  fill: (engine, tensor) => engine.uniform_(tensor, UNIFORM),
};

export const truncatedNormal: Subject = {
  label: 'truncatedNormal_',
  init: completeInit({ kind: 'truncated_normal', ...TRUNCATED_NORMAL }),
  fill: (engine, tensor) => engine.truncatedNormal_(tensor, TRUNCATED_NORMAL),
};

/** Draws no words, which leaves only the engine's work. (The only public call for it is writeCheckpoint.) */
export const CONSTANT: Init = { kind: 'constant', value: 0.5 };

/** Two recipes are one distribution, but not one kernel. */
const KERNELS: Readonly<Record<string, string>> = {
  wage: 'uniform, centred',
  uniform: 'uniform, with a centre',
};

/** The kernel that fills with a recipe of those above. */
export const nameKernel = ({ kind }: Init): string => KERNELS[kind] ?? kind.replace('_', ' ');

/** A matrix of two rows, so that every even number of elements has a fan-in. */
export const shapeOf = (elementCount: number): readonly number[] => [2, elementCount / 2];

/** A tensor as users get it: small ones have no WebAssembly.Memory. */
export const allocateTensor = (elementCount: number): SharedTensor =>
  SharedTensor.empty(shapeOf(elementCount), { name: NAME });

/** A tensor that has a WebAssembly.Memory for itself. */
export type OwnTensor<D extends Dtype = 'float32'> = SharedTensor<D> & { readonly memory: SharedMemory };

export const hasMemory = (tensor: SharedTensor): tensor is OwnTensor => tensor.memory !== undefined;

/** A tensor with a memory of its own, also a small one. */
export const allocateOwn = (elementCount: number): OwnTensor => allocateAs('float32', elementCount);

export function allocateAs<D extends Dtype>(dtype: D, elementCount: number): OwnTensor<D> {
  const byteLength = Math.max(elementCount * DTYPES[dtype].byteWidth, WASM_PAGE_BYTES);
  const memory = allocateMemory(byteLength);
  if (memory === undefined)
    throw new RangeError(`There is no room for ${elementCount} elements in one memory`);
  return wrapAs(dtype, memory, elementCount);
}

/** The first elements of a memory. */
export const wrapAs = <D extends Dtype>(dtype: D, memory: SharedMemory, elementCount: number): OwnTensor<D> =>
  SharedTensor.wrap(memory, shapeOf(elementCount), { dtype, name: NAME }) as OwnTensor<D>;

/** A tensor over a plain SharedArrayBuffer. */
export const allocateWrapped = (elementCount: number): SharedTensor =>
  SharedTensor.wrap(new SharedArrayBuffer(elementCount * BYTES_PER_ELEMENT), shapeOf(elementCount), {
    name: NAME,
  });

interface DrawOptions {
  readonly dtype?: Dtype;
  readonly name?: string;
  readonly seed?: bigint;
}

/** The draw that the public calls make of it. */
export function drawOf(
  init: Init,
  shape: readonly number[],
  { dtype = DEFAULT_DTYPE, name = NAME, seed = SEED }: DrawOptions = {},
): Draw {
  const recipe = resolveRecipe(init, { shape, dtype });
  const tensor = { name, dtype, elementCount: countElements(shape), recipe };
  return makeDraw({ generator: DEFAULT_GENERATOR, seed }, tensor, undefined);
}
