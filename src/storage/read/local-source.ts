/**
 * A checkpoint on a disk as the source of another's names and shapes.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import { isGone, readError } from '../files/io-errors.js';
import { openForReading, readBytes } from '../files/read-at.js';
import { openCheckpointFiles, type CheckpointFiles, type HeadersRead } from './checkpoint-files.js';
import type { CheckpointSource } from './checkpoint-source.js';
import { findCheckpoint } from './find-checkpoint.js';

export interface LocalSourceOptions {
  /** @defaultValue the path */
  readonly label?: string | undefined;
  /** Warnings about where it lies; the checkpoint's own come after them. */
  readonly warnings?: readonly string[] | undefined;
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
}

export class LocalSource implements CheckpointSource {
  readonly label: string;
  readonly localPath: string;
  readonly #options: LocalSourceOptions;
  #files: Promise<CheckpointFiles> | undefined;

  /** @param path  a safetensors file, an index, or a folder that holds one checkpoint */
  constructor(path: string, options: LocalSourceOptions = {}) {
    this.localPath = resolve(path);
    this.label = options.label ?? this.localPath;
    this.#options = options;
  }

  openFiles(): Promise<CheckpointFiles> {
    return (this.#files ??= this.#open());
  }

  async #open(): Promise<CheckpointFiles> {
    const { warnings = [], onHeaders } = this.#options;
    const files = await openCheckpointFiles(this.localPath, { onHeaders });
    return { ...files, warnings: [...warnings, ...files.warnings] };
  }

  async readBeside(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const path = join(await this.#folder(), name);
    const opened = await openForReading(path).catch((error: unknown) => {
      if (error instanceof ValueError && isGone(error.cause)) return undefined;
      throw error;
    });
    if (opened === undefined) return undefined;
    const { file, byteLength } = opened;
    try {
      if (byteLength <= maxBytes) return await readBytes(file, path, 0, byteLength);
    } finally {
      await file.close();
    }
    const found = `${shortenPath(path)} has ${byteLength} bytes, and at most ${maxBytes} are read.`;
    throw new ValueError('TOO_LARGE', found, 'Such a file is small: look at what it is.');
  }

  async listBeside(): Promise<readonly string[]> {
    const folder = await this.#folder();
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      throw readError(folder, cause);
    });
    // Links count as files, as a cache of the Hub has them: opening one shows what it is.
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  }

  async #folder(): Promise<string> {
    return dirname(await findCheckpoint(this.localPath));
  }
}
