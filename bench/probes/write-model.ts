/**
 * A fresh process that writes a model. Prints the milliseconds of writeCheckpoint, the bytes of the files, and the peak memory of the process.
 * Parameters: path of the spec, path of the output, threads, and a prefix if only tensors with such names are written.
 * @module
 */
import { readFileSync } from 'node:fs';
import { Engine } from '#built/index.js';
import { readPeakBytes } from '../measure/peak-memory.js';

export interface WrittenModel {
  readonly elapsedMs: number;
  readonly byteLength: number;
  readonly files: number;
  readonly tensors: number;
  readonly peakBytes: number;
}

interface Spec {
  readonly tensors: readonly { readonly name: string }[];
}

const [specPath = '', out = '', threads, prefix = ''] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specPath, 'utf8')) as Spec;
const tensors = spec.tensors.filter(({ name }) => name.startsWith(prefix));
const engine = new Engine({ threads: Number(threads) });
const { elapsedMs, byteLength, files } = await engine.writeCheckpoint({ ...spec, tensors }, { out });
const result: WrittenModel = {
  elapsedMs,
  byteLength,
  files: files.length,
  tensors: tensors.length,
  peakBytes: readPeakBytes(),
};
process.stdout.write(JSON.stringify(result));
await engine.close();
