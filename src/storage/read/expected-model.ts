/**
 * What a checkpoint is to be verified against: a spec, or what it says of itself; and whether its tensors and its metadata are those.
 * @module
 */
import type { Facts } from '../../domain/recipes/recipe.js';
import { chooseSeed } from '../../domain/streams/seed.js';
import type { LikeTensor } from '../../domain/specs/assignments.js';
import { resolveModel, type Model, type ModelTensor } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { nameTensor, show, suggest } from '../../base/wording.js';
import { JumpfillError, ValueError } from '../../base/errors.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { describeLike } from './shapes-of.js';
import type { StoredFacts } from '../format/file-recipe.js';
import { readRecipe, type StoredRecipe } from './stored-recipe.js';
import type { StoredTensor } from '../format/stored.js';

export interface ClaimOptions {
  /** What the checkpoint should be. @defaultValue what it says of itself */
  readonly spec?: unknown;
  /** @defaultValue the spec's, else the one in the metadata */
  readonly seed?: number | bigint | undefined;
}

/** What the checkpoint should be, and what its metadata say. */
export interface Claim {
  readonly model: Model;
  readonly seed: bigint;
  readonly facts: ReadonlyMap<string, StoredFacts> | undefined;
  readonly fault: string | undefined;
  /** Tensors that the metadata or the index tell of, and that are not there. */
  readonly missing: readonly string[];
}

export function resolveClaim(checkpoint: CheckpointFiles, { spec, seed }: ClaimOptions): Claim {
  if (spec === undefined) {
    const told = readRecipe(checkpoint);
    const model = resolveTold(checkpoint.path, told);
    return {
      model,
      seed: chooseSeed(seed, model.seed, told.seed),
      facts: told.facts,
      fault: undefined,
      missing: [...told.missing, ...checkpoint.lost.keys()],
    };
  }
  const model = resolveModel(spec, likeItself(checkpoint, spec));
  const { told, fault } = attemptRecipe(checkpoint);
  const chosen = chooseSeed(seed, model.seed, told?.seed);
  const missing = [...checkpoint.lost.keys()];
  if (chosen !== undefined) return { model, seed: chosen, facts: told?.facts, fault, missing };
  const found = `${checkpoint.path}: neither the spec nor the metadata have a seed.`;
  throw new ValueError('BAD_SEED', found, 'Pass the one it was made with.');
}

/** A spec of rules alone is of the tensors that are there. */
export function likeItself({ tensors }: CheckpointFiles, spec: unknown): readonly LikeTensor[] | undefined {
  const listed = (spec as { tensors?: unknown } | null | undefined)?.tensors;
  return listed === undefined ? describeLike(tensors) : undefined;
}

/** What the metadata say must be a spec, as if a person had written it. */
function resolveTold(path: string, told: StoredRecipe): Model {
  try {
    return resolveModel(told.spec);
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    const found = `${path}: the recipe in the metadata: ${error.found}`;
    throw new ValueError('BAD_CHECKPOINT', found, error.remedy, { cause: error });
  }
}

function attemptRecipe(checkpoint: CheckpointFiles): { told?: StoredRecipe; fault?: string } {
  try {
    return { told: readRecipe(checkpoint) };
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    return error.code === 'NO_RECIPE' ? {} : { fault: error.found };
  }
}

/** A tensor as it lies in a file, and as it should be. */
export interface Pair {
  readonly stored: StoredTensor;
  readonly model: ModelTensor;
}

/** What is to be compared, and what cannot be, because it is not there. */
export interface Chosen {
  /** In the order of the files. */
  readonly pairs: readonly Pair[];
  readonly missing: readonly string[];
}

/**
 * Tensors that are missing are no reason not to compare the others: whoever saves a model again leaves tied weights out.
 * @param names  of the tensors that are meant; undefined for all
 * @throws {ValueError} BAD_CHECKPOINT: those that are there are other ones; BAD_NAME: none is called so
 */
export function choosePairs(
  { path, tensors }: CheckpointFiles,
  { model, missing }: Pick<Claim, 'model' | 'missing'>,
  names: readonly string[] | undefined,
): Chosen {
  const models = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  const absent = new Set([...models.keys(), ...missing].filter((name) => !tensors.has(name)));
  checkNames(path, names, [...tensors.keys(), ...absent]);
  const meant = names && new Set(names);
  const isMeant = (name: string): boolean => meant?.has(name) ?? true;
  const pairs: Pair[] = [];
  const misfits: string[] = [];
  for (const stored of tensors.values()) {
    if (!isMeant(stored.name)) continue;
    const tensor = models.get(stored.name);
    const misfit = describeMisfit(stored, tensor);
    if (misfit !== undefined) misfits.push(misfit);
    else if (tensor !== undefined) pairs.push({ stored, model: tensor });
  }
  const lacking = [...absent].filter(isMeant);
  if (misfits.length > 0) {
    throw refuseMisfits(path, [...misfits, ...lacking.map((name) => `${nameTensor(name)} is missing`)]);
  }
  return { pairs, missing: lacking };
}

function describeMisfit(stored: StoredTensor, tensor: ModelTensor | undefined): string | undefined {
  if (tensor === undefined) return `${nameTensor(stored.name)} is not in the spec`;
  const { name, shape, dtype } = tensor;
  const isSameShape =
    shape.length === stored.shape.length && shape.every((size, axis) => size === stored.shape[axis]);
  if (isSameShape && dtype === stored.dtype) return undefined;
  const wanted = `${DTYPES[dtype].safetensors} ${show(shape)}`;
  return `${nameTensor(name)} is ${stored.storedDtype} ${show(stored.shape)}, and ${wanted} in the spec`;
}

/** How many of many a message tells. */
const TOLD = 10;

function refuseMisfits(path: string, misfits: readonly string[]): ValueError {
  const more = misfits.length > TOLD ? `; and ${misfits.length - TOLD} more` : '';
  const found = `${path} and the spec have different tensors: ${misfits.slice(0, TOLD).join('; ')}${more}.`;
  return new ValueError('BAD_CHECKPOINT', found, 'Pass the spec that it was made from.');
}

function checkNames(path: string, names: readonly string[] | undefined, known: readonly string[]): void {
  const all = new Set(known);
  const unknown = names?.find((name) => !all.has(name));
  if (unknown === undefined) return;
  throw new ValueError('BAD_NAME', `${path}: there is no tensor ${show(unknown)}.`, suggest(unknown, known));
}

/** A figure that the metadata have otherwise than the recipe gives it; undefined where there is none. */
export interface MetadataDifference {
  readonly name: string;
  readonly figure: keyof StoredFacts;
  readonly stored: number | undefined;
  readonly expected: number | undefined;
}

const FIGURES = ['weightScale', 'step', 'limit', 'std'] as const satisfies readonly (keyof StoredFacts &
  keyof Facts)[];

export function compareFacts({ model: { name, recipe } }: Pair, { facts }: Claim): MetadataDifference[] {
  const told = facts?.get(name);
  if (told === undefined) return [];
  return FIGURES.flatMap((figure) => {
    const [stored, expected] = [told[figure], recipe.facts[figure]];
    return stored === expected ? [] : [{ name, figure, stored, expected }];
  });
}
