/**
 * The files of a checkpoint as their readers see them: a name, a size, and any range of the bytes.
 * @module
 */
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { sumOf } from '../../base/sum.js';
import { show } from '../../base/wording.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { Coordinator, RunOptions } from '../../engine/jobs/coordinator.js';
import type { OnProgress } from '../../engine/jobs/progress.js';
import type { Layout, ShardFile } from '../format/layout.js';
import { ByteDrawer } from './byte-drawer.js';
import { CoveredBytes } from './covered-bytes.js';
import { countElementsBefore, placeInFile, type PlacedTensor } from './placed-tensors.js';
import { StreamProgress } from './stream-progress.js';

/** A file of a checkpoint that is drawn while it is read. It may be read several times, from several readers at once. */
export interface StreamedFile {
  /** As writeCheckpoint would name it, without a folder. */
  readonly name: string;
  readonly byteLength: number;
  readonly generator: GeneratorName;
  /** In decimal digits: with `BigInt(seed)` another process draws the same bytes. */
  readonly seed: string;
  /**
   * Yields the bytes from `start` to `end` - 1, by default all, as arrays that the reader may keep. The threads draw no faster than they
   * are read, and stop when the reader does.
   * @throws {ValueError} BAD_OFFSET, at once
   * @throws {JumpfillError} ENGINE_CLOSED, WORKER_FAILED, MISSING_FILES; the signal's reason
   */
  stream(start?: number, end?: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
}

/** Makes the files of one checkpoint, which share memory and count their progress together. */
export class StreamedFiles {
  readonly #layout: Layout;
  readonly #drawer: ByteDrawer;
  readonly #onProgress: OnProgress | undefined;
  #progress: StreamProgress | undefined;

  constructor(run: Coordinator['run'], layout: Layout, threads: number, { signal, onProgress }: RunOptions) {
    this.#layout = layout;
    this.#drawer = new ByteDrawer(run, layout, threads, signal);
    this.#onProgress = onProgress;
  }

  /** @param own  indices of the layout's files */
  open(own: readonly number[]): readonly StreamedFile[] {
    const { files, tensors } = this.#layout;
    const indices = own.flatMap((file) => at(files, file).tensors);
    const total = sumOf(indices, (index) => at(tensors, index).elementCount);
    if (this.#onProgress !== undefined) this.#progress = new StreamProgress(this.#onProgress, total);
    return own.map((index) => this.#openShard(index));
  }

  /** Empty for a checkpoint of one file, which has none. */
  openIndex(): readonly StreamedFile[] {
    const { index } = this.#layout;
    if (index === undefined) return [];
    const { name, bytes } = index;
    return [this.#open(name, bytes.length, (start, end) => yieldBytes(bytes, start, end))];
  }

  #openShard(index: number): StreamedFile {
    const shard = at(this.#layout.files, index);
    let tensors: readonly PlacedTensor[] | undefined;
    const covered = new CoveredBytes();
    return this.#open(shard.name, shard.byteLength, (start, end) => {
      tensors ??= placeInFile(this.#layout, index);
      return this.#stream(shard, tensors, covered, start, end);
    });
  }

  #open(
    name: string,
    byteLength: number,
    read: (start: number, end: number) => ReturnType<StreamedFile['stream']>,
  ): StreamedFile {
    const { generator, seed } = this.#layout;
    return {
      name,
      byteLength,
      generator,
      seed: String(seed),
      stream: (start = 0, end = byteLength) => {
        checkRange(start, end, byteLength, name);
        return read(start, end);
      },
    };
  }

  async *#stream(
    { header }: ShardFile,
    tensors: readonly PlacedTensor[],
    covered: CoveredBytes,
    start: number,
    end: number,
  ): ReturnType<StreamedFile['stream']> {
    const afterHeader = Math.min(end, header.length);
    yield* yieldBytes(header, start, afterHeader);
    let position = Math.max(start, afterHeader);
    for await (const bytes of this.#drawer.draw(tensors, position, end)) {
      yield bytes;
      this.#report(tensors, covered, position, position + bytes.length);
      position += bytes.length;
    }
    this.#progress?.flush();
  }

  /** Counts the elements whose last byte is handed out for the first time. */
  #report(tensors: readonly PlacedTensor[], covered: CoveredBytes, start: number, end: number): void {
    this.#progress?.add(
      sumOf(
        covered.cover(start, end),
        (gap) => countElementsBefore(tensors, gap.end) - countElementsBefore(tensors, gap.start),
      ),
    );
  }
}

/** @throws {ValueError} BAD_OFFSET */
function checkRange(start: unknown, end: unknown, byteLength: number, name: string): void {
  const isPosition = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= byteLength;
  if (isPosition(start) && isPosition(end) && start <= end) return;
  throw new ValueError(
    'BAD_OFFSET',
    `${name}: the range is ${show(start)} to ${show(end)}.`,
    `Pass whole numbers from 0 to ${byteLength}, the end not before the start.`,
  );
}

/** A copy: nobody else's bytes change if the reader's do. */
async function* yieldBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (start < end) yield await Promise.resolve(new Uint8Array(bytes.subarray(start, end)));
}
