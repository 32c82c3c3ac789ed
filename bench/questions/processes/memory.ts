/**
 * Memory beyond the tensor, for the process and for each thread.
 * @module
 */
import type { Answer, Figure } from '../../measure/answer.js';
import type { Scale } from '../../measure/scale.js';
import { runProbe } from '../../measure/run-probe.js';
import { fitLine, quantile, type Line } from '../../measure/statistics.js';
import type { BareThreads } from '../../probes/bare-threads.js';
import type { Output } from '../../probes/peak-memory.js';

/** More threads than processors are fine: idle ones take memory too. */
const THREADS = [1, 2, 4, 8];
export const OUTPUTS: readonly Output[] = ['own', 'wrapped', 'file'];
const LARGEST = 2 ** 24;

const MEBIBYTE = 2 ** 20;

export async function answer(scale: Scale): Promise<Answer> {
  const bare = await measureThreads(scale, async (threads) => {
    const { peakBytes } = await runProbe<BareThreads>('bare-threads', [threads]);
    return peakBytes;
  });
  const elements = Math.min(scale.elements, LARGEST);
  const rows = [...describe('Node alone, idle threads', bare)];
  for (const output of OUTPUTS) {
    const line = await measureThreads(scale, (threads) =>
      runProbe<number>('peak-memory', [threads, elements, output]),
    );
    rows.push(...describe(nameOutput(output), line, bare));
  }
  return {
    tables: [{ kind: 'figures', title: 'Peak resident memory beyond the tensor', rows }],
    notes: [
      `A line through the peaks of processes with ${THREADS.join(', ')} threads (${elements} elements, or enough chunks that each thread has work): its slope is a thread's, its intercept the process's. "more than Node": the same less what idle threads take.`,
      "A thread's share is mostly V8's heap for it and grows with the machine's habits of returning memory; the peak counts pages that were touched once.",
    ],
  };
}

export type Share = 'process' | 'each thread';

export const moreThanNode = (share: Share): string => `${share}, more than Node`;

export const nameOutput = (output: Output): string => `fill, ${output}`;

export const nameShare = (label: string, what: string): string => `${label}: ${what}`;

/** Bytes against threads, the middle of a few processes each. */
async function measureThreads(
  { isQuick }: Scale,
  probe: (threads: number) => Promise<number>,
): Promise<Line> {
  const points: [number, number][] = [];
  for (const threads of isQuick ? THREADS.slice(0, 2) : THREADS) {
    const peaks: number[] = [];
    for (let round = 0; round < (isQuick ? 1 : 3); round++) peaks.push(await probe(threads));
    points.push([threads, quantile(peaks, 0.5)]);
  }
  return fitLine(points);
}

function describe(label: string, { intercept, slope }: Line, bare?: Line): Figure[] {
  const row = (what: string, bytes: number): Figure => ({
    label: nameShare(label, what),
    unit: 'MiB',
    value: bytes / MEBIBYTE,
  });
  return [
    row('process', intercept),
    row('each thread', slope),
    ...(bare
      ? [
          row(moreThanNode('process'), intercept - bare.intercept),
          row(moreThanNode('each thread'), slope - bare.slope),
        ]
      : []),
  ];
}
