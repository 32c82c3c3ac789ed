/**
 * PractRand: one long stretch of an arrangement, with every result printed at each power of two.
 * @module
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { testWords } from './pipeline.js';

export const practRandFile = (arrangement: string): string => `practrand-${arrangement}.txt`;

export interface PractRandRun {
  readonly program: string;
  readonly arrangement: string;
  /** It ends at the first failure, or here: `128GB` (of 2^30 bytes). */
  readonly length: string;
  readonly folder: string;
  /** Judges what was printed. */
  readonly isWhole: (printed: string) => boolean;
}

/** @returns  whether the run is whole; if not, an earlier result stays, and what was printed lies beside it as a `.part` */
export async function runPractRand(run: PractRandRun): Promise<boolean> {
  mkdirSync(run.folder, { recursive: true });
  const path = join(run.folder, practRandFile(run.arrangement));
  const part = `${path}.part`;
  const command = [run.program, 'stdin32', '-tlmin', '1MB', '-tlmax', run.length, '-a'];
  await testWords(run.arrangement, 0, command, part);
  const isWhole = run.isWhole(readFileSync(part, 'utf8'));
  if (isWhole) renameSync(part, path);
  return isWhole;
}
