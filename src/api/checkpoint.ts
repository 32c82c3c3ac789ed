/**
 * Checkpoints as their readers see them: names, positions, tensors, slices, and the spec they were made from.
 * @module
 */
import { DTYPES, type Dtype } from '../domain/tensors/dtypes.js';
import { checkName } from '../domain/tensors/names.js';
import { nameTensor, show, suggest } from '../base/wording.js';
import { SharedTensor, type AnyTensor } from '../engine/memory/shared-tensor.js';
import { ValueError } from '../base/errors.js';
import { checkPath } from '../base/option-checks.js';
import { checkRange } from './range.js';
import { fileOf, openCheckpointFiles, type CheckpointFiles } from '../storage/read/checkpoint-files.js';
import { openUnchanged, type StoredFile, type StoredTensor } from '../storage/read/stored-file.js';
import { readInto } from '../storage/files/read-at.js';
import type { RecordedFacts } from '../storage/format/tensor-metadata.js';
import { readCheckpointRecipe, findCheckpointRecipe } from '../storage/read/checkpoint-recipe.js';
import type { StoredSpec } from '../storage/read/stored-spec.js';

/** A tensor of a checkpoint, and its position. */
export interface CheckpointEntry {
  readonly name: string;
  /** The dtype as the header has it: `BF16`. */
  readonly storedDtype: string;
  /** The same in this library's words: `bfloat16`. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly byteLength: number;
  /** The position of its first byte in the file. */
  readonly byteOffset: number;
  /** Absolute. */
  readonly file: string;
}

/** See openCheckpoint. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return new Checkpoint(await openCheckpointFiles(checkPath(path, 'openCheckpoint: the path')));
}

/** No file stays open between reads. */
export class Checkpoint {
  readonly #files: CheckpointFiles;
  #facts: ReadonlyMap<string, RecordedFacts> | undefined;

  constructor(files: CheckpointFiles) {
    this.#files = files;
  }

  /** The absolute path of the file, index or folder that was opened. */
  get path(): string {
    return this.#files.path;
  }

  /** The entries of `__metadata__` that all files agree on. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#files.metadata;
  }

  /** Warnings for people to read, about tensors that the files have and the index does not name. */
  get warnings(): readonly string[] {
    return this.#files.warnings;
  }

  /** In the order of the files, and within a file in the order of the data. */
  get names(): readonly string[] {
    return [...this.#files.tensors.keys()];
  }

  /** @throws {ValueError} BAD_NAME: the checkpoint has no such tensor */
  entry(name: string): CheckpointEntry {
    const { position: byteOffset, path: file, ...rest } = this.#find(name);
    return { ...rest, byteOffset, file };
  }

  /**
   * Returns a spec that reproduces this checkpoint exactly, as plain JSON for writeCheckpoint and drawSlice. It lacks tensors that
   * another program dropped when it saved the checkpoint again.
   * @throws {ValueError} NO_RECIPE: its metadata have no recipe; BAD_CHECKPOINT: the recipe is damaged
   */
  spec(): StoredSpec {
    return readCheckpointRecipe(this.#files).spec();
  }

  /**
   * Reads a whole tensor, with the weightScale and step of the metadata.
   * @throws {ValueError} BAD_NAME: the checkpoint has no such tensor; TOO_LARGE
   * @throws {JumpfillError} IO_FAILED: also if the file has changed since it was opened
   */
  async tensor(name: string): Promise<AnyTensor> {
    const stored = this.#find(name);
    return await this.#read(stored, stored.shape, 0);
  }

  /**
   * Reads elements start to end - 1 of the row-major tensor, all by default, as a tensor of one dimension.
   * @throws {ValueError} BAD_NAME: the checkpoint has no such tensor; BAD_OFFSET: a range outside of it, or of packed elements
   *   one that begins within a byte; BAD_SHAPE: one that ends within a byte; TOO_LARGE
   * @throws {JumpfillError} IO_FAILED: also if the file has changed since it was opened
   */
  async read(name: string, start = 0, end = this.#find(name).elementCount): Promise<AnyTensor> {
    const stored = this.#find(name);
    checkRange(start, end, stored.elementCount, nameTensor(name));
    return await this.#read(stored, [end - start], start);
  }

  async #read(stored: StoredTensor, shape: readonly number[], start: number): Promise<AnyTensor> {
    const { name, dtype, position } = stored;
    const first = position + start * DTYPES[dtype].byteWidth;
    if (!Number.isInteger(first)) throw refuseStart(start, stored);
    this.#facts ??= readFacts(this.#files);
    const facts = this.#facts.get(name);
    const tensor = SharedTensor.empty(shape, isUsableName(name) ? { dtype, name } : { dtype });
    tensor.weightScale = facts?.weightScale;
    tensor.step = facts?.step;
    if (tensor.length > 0) {
      const bytes = new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength);
      await readStored(fileOf(this.#files, stored), first, bytes);
    }
    return tensor;
  }

  #find(name: string): StoredTensor {
    const { tensors, path } = this.#files;
    const stored = tensors.get(name);
    if (stored !== undefined) return stored;
    const found = `${path} has no tensor ${show(name)}.`;
    throw new ValueError('BAD_NAME', found, suggest(name, this.names));
  }
}

function refuseStart(start: number, { name, dtype }: StoredTensor): ValueError {
  const found = `${nameTensor(name)}: the range begins at element ${start}, within a byte.`;
  const remedy = `Elements of ${8 * DTYPES[dtype].byteWidth} bits are packed: begin at a multiple of 4.`;
  return new ValueError('BAD_OFFSET', found, remedy);
}

/** @throws {ValueError} BAD_CHECKPOINT: the recorded facts are damaged */
function readFacts(files: CheckpointFiles): ReadonlyMap<string, RecordedFacts> {
  const own = findCheckpointRecipe(files);
  if (own.kind === 'damaged') throw own.error;
  return own.kind === 'recorded' ? own.recipe.facts : new Map();
}

async function readStored(stored: StoredFile, position: number, bytes: Uint8Array): Promise<void> {
  const file = await openUnchanged(stored);
  try {
    await readInto(file, stored.path, position, bytes);
  } finally {
    await file.close();
  }
}

/** Other programs' names may not be valid here; the tensor is unnamed then. */
function isUsableName(name: string): boolean {
  try {
    return checkName(name) === name;
  } catch {
    return false;
  }
}
