/**
 * The files that kept tensors are copied from: open for a run, and unchanged until its end.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { JumpfillError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import { describeChange, identify, type FileIdentity } from '../files/file-identity.js';
import { openForReading, readBytes } from '../files/read-at.js';
import type { KeptBytes } from '../format/kept-record.js';

/** A file, and what it was when its header was read. */
type SourceFile = Pick<KeptBytes, 'path' | 'identity'>;

interface OpenSource extends SourceFile {
  readonly handle: FileHandle;
}

/** The files of some kept tensors, each once, in the order of the tensors. */
export const sourceFilesOf = (kept: Iterable<KeptBytes>): readonly SourceFile[] => [
  ...new Map(Array.from(kept, (bytes) => [bytes.path, bytes])).values(),
];

export class KeptSources {
  /** By path. */
  readonly #files = new Map<string, OpenSource>();
  #haveChanged = false;

  /**
   * @throws {ValueError} BAD_CHECKPOINT: a file is gone
   * @throws {JumpfillError} IO_FAILED: one has changed since its header was read
   */
  static async open(kept: Iterable<KeptBytes>): Promise<KeptSources> {
    const sources = new KeptSources();
    try {
      for (const { path, identity } of sourceFilesOf(kept)) {
        const { file: handle } = await openForReading(path);
        sources.#files.set(path, { path, identity, handle });
        checkSame(path, identity, await identify(handle, path));
      }
      return sources;
    } catch (error) {
      await sources.close();
      throw error;
    }
  }

  descriptorOf(kept: Pick<KeptBytes, 'path'>): number {
    return this.#find(kept).handle.fd;
  }

  #find({ path }: Pick<KeptBytes, 'path'>): OpenSource {
    const source = this.#files.get(path);
    if (source === undefined) throw new RangeError(`${path} is not open`);
    return source;
  }

  /** @throws {JumpfillError} IO_FAILED */
  async read(kept: Pick<KeptBytes, 'path' | 'position'>, begin: number, end: number): Promise<Uint8Array> {
    return await readBytes(this.#find(kept).handle, kept.path, kept.position + begin, end - begin);
  }

  /** A check has found that a file changed: what was copied of it may be of two checkpoints. */
  get haveChanged(): boolean {
    return this.#haveChanged;
  }

  /**
   * Once everything is copied. A name that belongs to another file by now does not matter: the one that was copied is still open.
   * @throws {JumpfillError} IO_FAILED: a file has changed
   */
  async checkUnchanged(): Promise<void> {
    for (const { path, identity, handle } of this.#files.values()) {
      const now = await identify(handle, path);
      this.#haveChanged = describeChange(identity, now) !== undefined;
      checkSame(path, identity, now);
    }
  }

  async close(): Promise<void> {
    for (const { handle } of this.#files.values()) await handle.close().catch(() => undefined);
    this.#files.clear();
  }
}

function checkSame(path: string, before: FileIdentity, now: FileIdentity): void {
  const change = describeChange(before, now);
  if (change === undefined) return;
  const found = `${shortenPath(path)} has changed since its header was read: ${change}.`;
  throw new JumpfillError('IO_FAILED', found, 'Another program changed it: run again once it is complete.');
}
