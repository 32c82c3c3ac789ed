/**
 * A model of the Hub at a commit whose weights the cache has whole: tensors are read on this disk. What the cache lacks of the small
 * files beside them is asked of the Hub: whoever loaded a model without its tokenizer has the weights, too.
 * @module
 */
import type { CheckpointFiles } from '../read/checkpoint-files.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';

export class CachedSource implements CheckpointSource {
  readonly label: string;
  readonly localPath: string | undefined;
  readonly #cached: CheckpointSource;
  readonly #remote: CheckpointSource;

  /** @param remote  at the same commit */
  constructor(cached: CheckpointSource, remote: CheckpointSource) {
    this.label = cached.label;
    this.localPath = cached.localPath;
    this.#cached = cached;
    this.#remote = remote;
  }

  openFiles(): Promise<CheckpointFiles> {
    return this.#cached.openFiles();
  }

  async readBeside(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return (await this.#cached.readBeside(name, maxBytes)) ?? (await this.#remote.readBeside(name, maxBytes));
  }

  /** The Hub's list: it is of all. */
  listBeside(): Promise<readonly string[] | undefined> {
    return this.#remote.listBeside();
  }
}
