/**
 * Random sequences of calls of torch's initialisers, drawn by torch and by this package, and compared bit for bit: every tensor, and
 * the generator's state after every call. Exits with 1 if anything differs; without torch it says so and does nothing.
 *
 *     npm run test:torch -- [--seed N] [--calls N] [--elements MOST] [--record FILE]
 *     npm run test:torch -- --recorded FILE
 *
 * JUMPFILL_PYTHON names the interpreter that has torch; otherwise it is python3. --elements limits a tensor. --record also writes calls
 * and torch's answers to a file; --recorded takes both from there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Engine } from 'jumpfill';
import { hasTorch, python, startTorch } from './ask-torch.mjs';
import { drawSequences } from './calls.mjs';
import { Comparison } from './comparison.mjs';
import { Player, Recorder } from './recording.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    calls: { type: 'string', default: '1000' },
    elements: { type: 'string', default: '4000000' },
    record: { type: 'string' },
    recorded: { type: 'string' },
  },
});
const [seed, calls, elements] = [values.seed, values.calls, values.elements].map(Number);
if (![seed, calls, elements].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  throw new TypeError(
    'N and MOST are whole numbers: npm run test:torch -- [--seed N] [--calls N] [--elements MOST]',
  );
}

/** Threads and kernels take turns: the bytes must not know. */
const ENGINES = [{ threads: 2 }, { threads: 3 }, { threads: 1 }, { threads: 2, simd: false }];

async function compareAll(sequences, meta, torch) {
  const engines = ENGINES.map((options) => new Engine(options));
  const comparison = new Comparison(torch);
  for (const [i, sequence] of sequences.entries())
    await comparison.run(engines[i % engines.length], sequence);
  await Promise.all(engines.map((engine) => engine.close()));
  report(meta, sequences.length, comparison);
  process.exitCode = comparison.counts.differences > 0 ? 1 : 0;
}

/** How many, and each kind of message once. */
function countOf(messages) {
  const kinds = new Map(messages.map((message) => [message.replace(/[-\d.e+]+/g, '#'), message]));
  return [messages.length, ...kinds.values()].join('\n  ');
}

function report(meta, sequences, { counts, refusals }) {
  const { both, torch, here } = refusals;
  console.log(
    [
      `torch ${meta.torch} (${meta.capability}), Node ${process.version}, ${values.recorded ?? `seed ${seed}`}`,
      `${counts.calls} calls in ${sequences} sequences, ${counts.elements} elements, ${counts.transfers} states carried over, cloned or moved on`,
      `${counts.specs} sequences also as specs, and ${counts.slices} slices of their tensors`,
      `refused by both: ${countOf(both)}`,
      `refused by torch alone: ${countOf(torch)}`,
      `refused here alone: ${countOf(here)}`,
      `float64 normals that differ in the last place: ${counts.ulps}`,
      `differences: ${counts.differences}`,
    ].join('\n'),
  );
}

if (values.recorded !== undefined) {
  const { meta, sequences, answers } = JSON.parse(readFileSync(values.recorded, 'utf8'));
  await compareAll(sequences, meta, new Player(answers));
} else if (hasTorch()) {
  const torch = await startTorch();
  const sequences = drawSequences(seed, calls, elements);
  const recorder = new Recorder(torch);
  await compareAll(sequences, torch.meta, values.record === undefined ? torch : recorder);
  if (values.record !== undefined) {
    const command = `node test/torch/main.mjs ${process.argv.slice(2).join(' ')}`;
    const { answers } = recorder;
    writeFileSync(
      values.record,
      `${JSON.stringify({ meta: { ...torch.meta, command }, sequences, answers })}\n`,
    );
  }
  torch.close();
} else {
  console.log(`skipped: ${python} has no torch; JUMPFILL_PYTHON names an interpreter that has it`);
}
