/**
 * Memory and time of a checkpoint of 16 GB.
 * @module
 */
import type { Scale } from '../../measure/scale.js';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { pathInBench } from '../../measure/folders.js';
import type { Answer, Figure } from '../../measure/answer.js';
import { runProbe } from '../../measure/run-probe.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';
import type { WrittenModel } from '../../probes/write-model.js';

const SPEC_PATH = pathInBench('models/llama-3-8b.json');

/** The published model: 2 bytes for each of 8,030,261,248 parameters. */
const MODEL_BYTES = 16_060_522_496;

const QUICK_PREFIX = 'model.layers.0.self_attn.';

export const PEAK = 'peak memory of the process';

export async function answer({ isQuick, threads }: Scale): Promise<Answer> {
  using folder = new TemporaryFolder();
  const { bavail, bsize } = statfsSync(folder.path);
  if (!isQuick && bavail * bsize < 1.1 * MODEL_BYTES)
    return leaveOut(`${folder.path} has no room for ${MODEL_BYTES} bytes`);
  const out = join(folder.path, 'model.safetensors');
  const parameters = [SPEC_PATH, out, threads, ...(isQuick ? [QUICK_PREFIX] : [])];
  const written = await runProbe<WrittenModel>('write-model', parameters);
  const title = `${written.tensors} tensors, ${threads} threads, once`;
  return {
    tables: [{ kind: 'figures', title, rows: describe(written) }],
    notes: [
      "A fresh process that only calls writeCheckpoint. Memory: its peak resident set (VmHWM), without the system's page cache. Time: until the files are synced and renamed.",
      describeFolder(),
    ],
  };
}

const leaveOut = (why: string): Answer => ({
  tables: [],
  notes: [],
  leftOut: [{ what: 'the model', why: `${why}. JUMPFILL_BENCH_FOLDER names another folder.` }],
});

const describe = ({ elapsedMs, byteLength, files, peakBytes }: WrittenModel): Figure[] => [
  { label: PEAK, unit: 'MB', value: peakBytes / 1e6 },
  { label: 'elapsed', unit: 's', value: elapsedMs / 1000 },
  { label: 'written', unit: 'GB', value: byteLength / 1e9 },
  { label: 'written a second', unit: 'GB/s', value: byteLength / elapsedMs / 1e6 },
  { label: 'files', unit: '', value: files },
];
