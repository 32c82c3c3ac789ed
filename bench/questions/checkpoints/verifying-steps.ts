/**
 * The steps of verifying, each alone, on one thread.
 * @module
 */
import { readSync } from 'node:fs';
import { at } from '#built/base/at.js';
import type { Draw } from '#built/domain/draws/draw.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { compareFile, PIECE_BYTES } from '#built/storage/verify/compare-work.js';
import { Findings } from '#built/storage/verify/findings.js';
import { clockManyNow } from '../../measure/contest.js';
import { FASTEST } from '../../contestants/kernel-sets.js';
import { openExactly } from '../../contestants/open-exactly.js';
import { quantile } from '../../measure/statistics.js';

/** A draw's elements in a file. */
export interface StoredDraw {
  readonly draw: Draw;
  readonly descriptor: number;
  readonly path: string;
  /** The position of the first element, in bytes. */
  readonly position: number;
  /** A whole number of pieces. */
  readonly elementCount: number;
}

/** In the order of a thread's work; the last is all of it. */
export const STEPS = ['draw', 'read', 'compare', 'all three'] as const;

/** GB/s of each step, the median over the rounds. */
export function timeSteps(stored: StoredDraw, rounds: number): readonly number[] {
  const calls = openSteps(stored);
  const times = STEPS.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    STEPS.forEach((step, i) => at(times, i).push(clockManyNow(1, calls[step])));
  const byteLength = stored.elementCount * DTYPES[stored.draw.dtype].byteWidth;
  return times.map((sample) => byteLength / quantile(sample, 0.5) / 1e6);
}

function openSteps(stored: StoredDraw): Readonly<Record<(typeof STEPS)[number], () => void>> {
  const { draw, descriptor, path, position, elementCount } = stored;
  const filler = openExactly(FASTEST);
  const { byteWidth } = DTYPES[draw.dtype];
  const pieceElements = PIECE_BYTES / byteWidth;
  // Equal, so that they are compared to the end.
  const [piece, other] = [Buffer.alloc(PIECE_BYTES), Buffer.alloc(PIECE_BYTES)];
  readSync(descriptor, other, 0, PIECE_BYTES, position + (elementCount - pieceElements) * byteWidth);
  const eachPiece = (act: (start: number) => void) => (): void => {
    for (let start = 0; start < elementCount; start += pieceElements) act(start);
  };
  const findings = Findings.create();
  const source = { kind: 'file', descriptor, path, position } as const;
  const work = compareFile({ kind: 'compare', draw, source, findings }, filler);
  return {
    draw: eachPiece((start) => filler.fillScratch(draw, start, pieceElements)),
    read: eachPiece((start) => readSync(descriptor, piece, 0, PIECE_BYTES, position + start * byteWidth)),
    compare: eachPiece(() => piece.equals(other)),
    'all three': () => {
      work.run(0, elementCount, 0);
      if (new Findings(findings).differing > 0) throw new Error(`${path} is not what was drawn`);
    },
  };
}
