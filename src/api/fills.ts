/**
 * Fills of tensors: an initialiser, checked and drawn.
 * @module
 */
import { checkKeys, nameTensor } from '../base/wording.js';
import type { Draw } from '../domain/draws/draw.js';
import { cutOf } from '../domain/matrices/panels.js';
import { planChunks } from '../domain/partition/chunks.js';
import { INIT_PARAMETERS, rowKeysOf, type InitInput, type InitKind } from '../domain/recipes/init.js';
import { makeDraw, takeDraw } from '../domain/recipes/draws.js';
import { DEFAULT_GENERATOR } from '../domain/streams/generators.js';
import { refuseKept } from '../domain/recipes/keep.js';
import { resolveRecipe, type Recipe } from '../domain/recipes/recipe.js';
import { resolveInit } from '../domain/recipes/resolve-init.js';
import { checkRunOptions, type RunOptions } from '../engine/jobs/coordinator.js';
import type { AnyTensor } from '../engine/memory/shared-tensor.js';
import type { EngineJobs } from './engine-jobs.js';
import { checkTensor } from './check-tensor.js';
import { checkCut, checkInit, FILL_KEYS, type FillOptions } from './fill-options.js';
import { checkSequence, type StreamChooser } from './fill-streams.js';

export class Fills {
  readonly #jobs: EngineJobs;
  readonly #streams: StreamChooser;

  constructor(jobs: EngineJobs, streams: StreamChooser) {
    this.#jobs = jobs;
    this.#streams = streams;
  }

  async fill<T extends AnyTensor>(tensor: T, init: InitInput, options: FillOptions): Promise<T> {
    const { kind, ...parameters } = checkInit(init);
    checkKeys(options, FILL_KEYS, 'fill', 'BAD_OPTION');
    checkKeys(parameters, [...Object.keys(INIT_PARAMETERS[kind]), ...rowKeysOf(kind)], 'fill', 'BAD_OPTION');
    return await this.#fill(tensor, init, options);
  }

  /** Upstream's form: the kind's parameters among the options of the fill. */
  async fillAs<T extends AnyTensor>(
    tensor: T,
    kind: InitKind,
    options: object,
    method: string,
    arguments_: object = {},
  ): Promise<T> {
    const { parameters, keys } = keysOf(kind, method, arguments_);
    checkKeys(options, keys, method, 'BAD_OPTION');
    const init: Record<string, unknown> = { kind, ...arguments_ };
    for (const [key, value] of Object.entries(options)) if (parameters.includes(key)) init[key] = value;
    return await this.#fill(tensor, init as unknown as InitInput, options);
  }

  /**
   * Fills the tensor with a recipe that was made for it.
   * @param offset  the element of the draw that the tensor begins with
   */
  async draw<T extends AnyTensor>(
    tensor: T,
    { facts }: Recipe,
    draw: Draw,
    offset: number,
    options: RunOptions,
  ): Promise<T> {
    const { buffer, memory, byteOffset, length: elementCount } = tensor;
    const target = { kind: 'memory', buffer, memory, byteOffset } as const;
    const job = {
      chunks: planChunks([{ offset, elementCount, cut: cutOf(draw, draw.dtype) }]),
      tensors: [{ kind: 'draw', draw, target } as const],
    };
    await this.#jobs.run(job, options);
    const { weightScale, step } = facts;
    if (weightScale !== undefined) tensor.weightScale = weightScale;
    tensor.step = step;
    return tensor;
  }

  async #fill<T extends AnyTensor>(tensor: T, given: InitInput, options: FillOptions): Promise<T> {
    this.#jobs.checkOpen();
    checkTensor(tensor);
    checkRunOptions(options, nameTensor(tensor.name));
    refuseKept(given.kind, tensor.name, 'fill');
    const sequence = checkSequence(options, nameTensor(tensor.name));
    const init = resolveInit(given, { shape: tensor.shape, name: tensor.name });
    const recipe = resolveRecipe(init, tensor, sequence?.generator ?? DEFAULT_GENERATOR);
    const drawn = { dtype: tensor.dtype, elementCount: tensor.length, recipe };
    if (sequence !== undefined) {
      // The last check has passed and nothing was awaited: words are taken in the order of the calls.
      const draw = takeDraw(sequence, drawn);
      return await this.draw(tensor, recipe, draw, 0, options);
    }
    checkCut(recipe, options.offset, nameTensor(tensor.name));
    const { seed, name, offset } = this.#streams.choose(tensor, options);
    const draw = makeDraw({ generator: DEFAULT_GENERATOR, seed }, { ...drawn, name }, undefined);
    return await this.draw(tensor, recipe, draw, offset, options);
  }
}

interface MethodKeys {
  readonly parameters: readonly string[];
  /** And those of every fill. */
  readonly keys: readonly string[];
}

/** The options of each method of upstream's form. */
const methodKeys = new Map<string, MethodKeys>();

/** @param arguments_  the parameters that are arguments of the method, not options: always the same */
function keysOf(kind: InitKind, method: string, arguments_: object): MethodKeys {
  const known = methodKeys.get(method);
  if (known !== undefined) return known;
  const parameters = Object.keys(INIT_PARAMETERS[kind]).filter((key) => !(key in arguments_));
  const made = { parameters, keys: [...parameters, ...FILL_KEYS] };
  methodKeys.set(method, made);
  return made;
}

/** Undefined for anything but a named tensor. */
export const nameOf = (tensor: unknown): string | undefined => (tensor as AnyTensor | null | undefined)?.name;
