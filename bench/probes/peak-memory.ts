/**
 * Peak memory of a process that fills one tensor, the tensor's own bytes left out. Prints bytes.
 * Parameters: threads, elements, and `own`, `wrapped` or `file`.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, SharedTensor } from '#built/index.js';
import { readPeakBytes } from '../measure/peak-memory.js';

export type Output = 'own' | 'wrapped' | 'file';

const [threads, elements] = process.argv.slice(2, 4).map(Number) as [number, number];
const output = process.argv[4] as Output;
const shape = [2, elements / 2];
const engine = new Engine({ threads, seed: 42 });

async function fillTensor(tensor: SharedTensor): Promise<number> {
  await engine.truncatedNormal_(tensor, { name: 'peak' });
  return tensor.byteLength;
}

async function fillFile(): Promise<number> {
  const folder = mkdtempSync(join(process.env['JUMPFILL_BENCH_FOLDER'] ?? tmpdir(), 'jumpfill-bench-'));
  const spec = { tensors: [{ name: 'peak', shape, init: { kind: 'truncated_normal' } }] };
  await engine.writeCheckpoint(spec, { out: join(folder, 'peak.safetensors') });
  rmSync(folder, { recursive: true });
  // The file takes no memory of the process.
  return 0;
}

function fill(): Promise<number> {
  switch (output) {
    case 'own':
      return fillTensor(SharedTensor.empty(shape));
    case 'wrapped':
      return fillTensor(SharedTensor.wrap(new SharedArrayBuffer(elements * 4), shape));
    case 'file':
      return fillFile();
  }
}

const ownBytes = await fill();
process.stdout.write(JSON.stringify(readPeakBytes() - ownBytes));
await engine.close();
