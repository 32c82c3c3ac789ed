/**
 * Matches the tensors of a checkpoint with those that it should have.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show, suggest } from '../../base/wording.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import { isSameShape } from '../../domain/tensors/shapes.js';
import type { CheckpointFiles } from '../read/checkpoint-files.js';
import type { ExpectedModel } from '../read/expected-model.js';
import type { StoredTensor } from '../read/stored-file.js';

/** A tensor as it lies in a file, and as it should be. */
export interface MatchedTensor {
  readonly stored: StoredTensor;
  readonly model: ModelTensor;
}

export interface Matches {
  /** In the order of the files. */
  readonly matched: readonly MatchedTensor[];
  /** Tensors that should be there and are not. */
  readonly missing: readonly string[];
}

/**
 * Missing tensors do not keep the others from being compared: programs that save a model again omit tied weights.
 * @param names  the tensors to match; undefined for all
 * @throws {ValueError} BAD_CHECKPOINT: a tensor has another shape or dtype, or is not in the spec; BAD_NAME: no tensor has that name
 */
export function matchTensors(
  { path, tensors }: CheckpointFiles,
  { model, missing }: Pick<ExpectedModel, 'model' | 'missing'>,
  names: readonly string[] | undefined,
): Matches {
  const models = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  const absent = new Set([...models.keys(), ...missing].filter((name) => !tensors.has(name)));
  checkNames(path, names, [...tensors.keys(), ...absent]);
  const selected = names && new Set(names);
  const isSelected = (name: string): boolean => selected?.has(name) ?? true;
  const matched: MatchedTensor[] = [];
  const mismatches: string[] = [];
  for (const stored of tensors.values()) {
    if (!isSelected(stored.name)) continue;
    const tensor = models.get(stored.name);
    const mismatch = describeMismatch(stored, tensor);
    if (mismatch !== undefined) mismatches.push(mismatch);
    else if (tensor !== undefined) matched.push({ stored, model: tensor });
  }
  const lacking = [...absent].filter(isSelected);
  if (mismatches.length === 0) return { matched, missing: lacking };
  throw refuseMismatches(path, [...mismatches, ...lacking.map((name) => `${nameTensor(name)} is missing`)]);
}

function describeMismatch(stored: StoredTensor, tensor: ModelTensor | undefined): string | undefined {
  if (tensor === undefined) return `${nameTensor(stored.name)} is not in the spec`;
  const { name, shape, dtype } = tensor;
  if (isSameShape(shape, stored.shape) && dtype === stored.dtype) return undefined;
  const wanted = `${DTYPES[dtype].safetensors} ${show(shape)}`;
  return `${nameTensor(name)} is ${stored.storedDtype} ${show(stored.shape)}, but ${wanted} in the spec`;
}

/** Mismatches that a message lists. */
const LISTED = 10;

function refuseMismatches(path: string, mismatches: readonly string[]): ValueError {
  const more = mismatches.length > LISTED ? `; and ${mismatches.length - LISTED} more` : '';
  const found = `${path} and the spec have different tensors: ${mismatches.slice(0, LISTED).join('; ')}${more}.`;
  return new ValueError('BAD_CHECKPOINT', found, 'Pass the spec that it was made from.');
}

function checkNames(path: string, names: readonly string[] | undefined, known: readonly string[]): void {
  const all = new Set(known);
  const unknown = names?.find((name) => !all.has(name));
  if (unknown === undefined) return;
  throw new ValueError('BAD_NAME', `${path} has no tensor ${show(unknown)}.`, suggest(unknown, known));
}
