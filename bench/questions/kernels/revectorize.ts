/**
 * V8's experimental wasm revectorizer: 256-bit registers for 128-bit kernels.
 * @module
 */
import { execFileSync } from 'node:child_process';
import type { Answer } from '../../measure/answer.js';
import type { Scale } from '../../measure/scale.js';
import { runProbe } from '../../measure/run-probe.js';
import type { KernelThroughput } from '../../probes/kernel-throughput.js';

const FLAG = '--experimental-wasm-revectorize';

export async function answer(scale: Scale): Promise<Answer> {
  if (!hasFlag())
    return leaveOut(`Node ${process.version} does not know V8's flag ${FLAG}; Node 24 on x64 does`);
  const [on, off] = [await probe(true, scale), await probe(false, scale)];
  if (on.kernels !== 'simd-revectorized')
    return leaveOut(`the engine did not accept them and used ${on.kernels}`);
  return {
    // The question `kernels` has the slower kernels.
    tables: [on, off].flatMap(({ kernels, tables }) =>
      tables.filter(({ title }) => title.endsWith(`${kernels} kernels`)),
    ),
    notes: [
      'Two processes, one after the other: compare the ratios to the fill, which each took for itself.',
    ],
  };
}

const probe = (isOn: boolean, { isQuick }: Scale): Promise<KernelThroughput> =>
  runProbe<KernelThroughput>('kernel-throughput', isQuick ? ['quick'] : [], {
    JUMPFILL_REVECTORIZE: isOn ? '1' : '0',
  });

const leaveOut = (why: string): Answer => ({
  tables: [],
  notes: [],
  leftOut: [{ what: 'kernels with the revectorizer', why: `${why}.` }],
});

function hasFlag(): boolean {
  const options = execFileSync(process.execPath, ['--v8-options'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  return options.includes(FLAG);
}
