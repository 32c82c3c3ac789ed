/**
 * A progress bar on a terminal: share, rate, time left. One line, written over itself, gone at the end.
 * @module
 */
import type { Progress } from '../../engine/jobs/progress.js';
import type { HeadersRead } from '../../storage/read/checkpoint-files.js';
import { isTerminal } from '../../text/colours.js';
import { formatCount } from '../../text/numbers.js';

const WIDTH = 30;
const CLEAR_LINE = '\r\x1b[2K';

/**
 * @param elapsedMs     since the beginning
 * @param doneAtFirst   elements that were done then, by an earlier run
 */
export function formatProgress(
  { doneElements, totalElements }: Progress,
  elapsedMs: number,
  doneAtFirst = 0,
): string {
  const share = totalElements === 0 ? 1 : doneElements / totalElements;
  const filled = Math.round(share * WIDTH);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}]`;
  const perMs = (doneElements - doneAtFirst) / Math.max(elapsedMs, 1);
  const left = perMs > 0 ? formatDuration((totalElements - doneElements) / perMs) : '?';
  return `${bar} ${formatPercent(share).padStart(3)} %  ${(perMs / 1e6).toFixed(2)} Gelem/s  ${left} left`;
}

/** Only a finished run shows 100. */
const formatPercent = (share: number): string =>
  String(share < 1 ? Math.min(Math.round(share * 100), 99) : 100);

/** 45 s, 3 min 20 s, 2 h 5 min */
export function formatDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export class ProgressBar {
  #first: { readonly at: number; readonly doneElements: number } | undefined;
  #isShown = false;

  constructor(readonly stream: NodeJS.WriteStream) {}

  /** Undefined if the stream is not a terminal. */
  static on(stream: NodeJS.WriteStream): ProgressBar | undefined {
    return isTerminal(stream) ? new ProgressBar(stream) : undefined;
  }

  /** Headers of the checkpoint that a model is to be like, before anything is drawn. */
  showHeaders({ doneFiles, totalFiles }: HeadersRead): void {
    this.#write(`reading headers: ${doneFiles} of ${formatCount(totalFiles, 'file')}`);
  }

  show(progress: Progress): void {
    const now = performance.now();
    this.#first ??= { at: now, doneElements: progress.doneElements };
    this.#write(formatProgress(progress, now - this.#first.at, this.#first.doneElements));
  }

  #write(line: string): void {
    // A line that wraps could not be written over.
    this.stream.write(CLEAR_LINE + line.slice(0, Math.max(this.stream.columns - 1, 0)));
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) this.stream.write(CLEAR_LINE);
    this.#isShown = false;
  }
}
