/**
 * A checkpoint on a server as the source of another's names and shapes: headers and small files alone are read.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { requireLittleEndian } from '../../engine/host/platform.js';
import { watchAbort } from '../../engine/jobs/abort.js';
import { isGone } from '../files/io-errors.js';
import { MAX_INDEX_BYTES, parseIndexBytes, refuseLongIndex, type WeightMap } from '../format/index-file.js';
import { openFilesIn, type CheckpointFiles, type HeadersRead } from '../read/checkpoint-files.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import { chooseCheckpoint, type FolderEntry } from '../read/find-checkpoint.js';
import { TooLong } from './answer.js';
import { HeaderBudget } from './header-budget.js';
import type { HttpClient } from './http-client.js';
import type { Asked } from './refusals.js';
import { readRemoteHeader, readWholeFile } from './remote-file.js';

/** The folder of a checkpoint on a server. */
export interface RemoteFolder {
  /** Of the checkpoint, for messages and reports. */
  readonly label: string;
  /** The file or index that was named in it. */
  readonly fileName: string | undefined;
  /** Undefined where the server does not list them. */
  readonly entries: readonly FolderEntry[] | undefined;
  /** The model's page on the Hub. */
  readonly page: string | undefined;
  readonly urlOf: (name: string) => URL;
  /** What messages call a file in it. */
  readonly labelOf: (name: string) => string;
}

interface RemoteOptions {
  readonly signal: AbortSignal | undefined;
  readonly onHeaders: ((read: HeadersRead) => void) | undefined;
}

export class RemoteSource implements CheckpointSource {
  readonly label: string;
  readonly localPath = undefined;
  readonly #client: HttpClient;
  readonly #folder: RemoteFolder;
  readonly #options: RemoteOptions;
  #files: Promise<CheckpointFiles> | undefined;

  constructor(client: HttpClient, folder: RemoteFolder, options: RemoteOptions) {
    this.label = folder.label;
    this.#client = client;
    this.#folder = folder;
    this.#options = options;
  }

  openFiles(): Promise<CheckpointFiles> {
    return (this.#files ??= this.#open());
  }

  async readBeside(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const { entries } = this.#folder;
    if (entries?.every((entry) => entry.isFolder || entry.name !== name)) return undefined;
    const asked = { ...this.#ask(name), isOptional: true };
    return await readWholeFile(this.#client, this.#folder.urlOf(name), asked, maxBytes).catch(
      (error: unknown) => {
        if (error instanceof ValueError && isGone(error.cause)) return undefined;
        if (!(error instanceof TooLong)) throw error;
        const found = `${asked.label} has more than the ${maxBytes} bytes that are read of it.`;
        throw new ValueError('TOO_LARGE', found, 'Such a file is small: look at what it is.');
      },
    );
  }

  listBeside(): Promise<readonly string[] | undefined> {
    const names = this.#folder.entries?.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
    return Promise.resolve(names);
  }

  #ask(name: string): Asked {
    return { label: this.#folder.labelOf(name), page: this.#folder.page, hasToken: this.#client.hasToken };
  }

  /** The first failure ends the requests beside it. */
  async #open(): Promise<CheckpointFiles> {
    requireLittleEndian();
    const { signal, onHeaders } = this.#options;
    signal?.throwIfAborted();
    const failed = new AbortController();
    const unwatch =
      signal &&
      watchAbort(signal, () => {
        failed.abort(signal.reason);
      });
    try {
      return await this.#openWith(this.#client.under(failed.signal), onHeaders);
    } catch (error) {
      failed.abort(error);
      signal?.throwIfAborted();
      throw error;
    } finally {
      unwatch?.();
    }
  }

  async #openWith(client: HttpClient, onHeaders: RemoteOptions['onHeaders']): Promise<CheckpointFiles> {
    const { urlOf, labelOf, label, entries = [], fileName } = this.#folder;
    const readIndex = (name: string): Promise<WeightMap> =>
      readRemoteIndex(client, urlOf(name), this.#ask(name));
    const name = fileName ?? (await chooseCheckpoint(label, entries, readIndex));
    const budget = new HeaderBudget(label);
    const readHeader = async (file: string): ReturnType<typeof readRemoteHeader> =>
      await readRemoteHeader(client, urlOf(file), this.#ask(file), budget);
    return await openFilesIn({ pathOf: labelOf, readHeader, readIndex, onHeaders }, name, label);
  }
}

async function readRemoteIndex(client: HttpClient, url: URL, asked: Asked): Promise<WeightMap> {
  const bytes = await readWholeFile(client, url, asked, MAX_INDEX_BYTES).catch((error: unknown) => {
    if (error instanceof TooLong) throw refuseLongIndex(asked.label);
    throw error;
  });
  return parseIndexBytes(asked.label, bytes);
}
