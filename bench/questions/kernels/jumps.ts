/**
 * Jumps: the cost of reaching the state of a block.
 * @module
 */
import type { Scale } from '../../measure/scale.js';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import type { KernelCode } from '#built/engine/choice/open-filler.js';
import { openExactly } from '../../contestants/open-exactly.js';
import { type Answer, figureOf, type Figure } from '../../measure/answer.js';
import { checkRange, readIn } from '../../measure/check.js';
import { clockManyNow } from '../../measure/contest.js';
import { KERNEL_SETS } from '../../contestants/kernel-sets.js';
import { allocateOwn, drawOf, wage } from '../../contestants/subjects.js';

/** One step of all lanes: the least that shows the state. */
const STEP_ELEMENTS = 16;

/** A tensor has at most 2^53 elements. */
const BLOCKS = 2 ** 53 / BLOCK_ELEMENTS;

/** Odd, so that its multiples modulo a power of two reach every block: Knuth's multiplicative hash, 2^32 / golden ratio. */
const SCATTER = 2_654_435_769;

export const ANY_BLOCK = 'a block anywhere in 2^53 elements';

const ORDERS: readonly { readonly label: string; readonly block: (call: number) => number }[] = [
  { label: 'the next block', block: (call) => call },
  { label: 'a block anywhere in 2^28 elements', block: (call) => (call * SCATTER) % 2 ** 12 },
  { label: ANY_BLOCK, block: (call) => (call * SCATTER) % BLOCKS },
  { label: 'the last blocks of 2^53 elements', block: (call) => BLOCKS - 1 - call },
];

export async function answer(scale: Scale): Promise<Answer> {
  const rows: Figure[] = [];
  const rounds = scale.isQuick ? 2 : 21;
  for (const set of KERNEL_SETS) {
    for (const { label, block } of ORDERS) {
      rows.push(timeJumps(set, label, block, rounds, scale.isQuick ? 50 : 1000));
    }
  }
  return Promise.resolve({
    tables: [{ kind: 'figures', title: 'State of a block, and one step of it', rows }],
    notes: [
      `Timed through the kernel, ${STEP_ELEMENTS} elements a call, so the call, one step and the store are in it.`,
    ],
  });
}

function timeJumps(
  set: KernelCode,
  label: string,
  block: (call: number) => number,
  rounds: number,
  calls: number,
): Figure {
  const filler = openExactly(set);
  const tensor = allocateOwn(STEP_ELEMENTS);
  const draw = drawOf(wage.init, tensor.shape);
  let call = 0;
  const run = (): void => {
    filler.fillMemory(draw, block(call++) * BLOCK_ELEMENTS, STEP_ELEMENTS, tensor.memory, 0);
  };
  run();
  checkRange(label, { draw }, block(0) * BLOCK_ELEMENTS, readIn(tensor.data)(0, tensor.length));
  clockManyNow(calls, run);
  const sample: number[] = [];
  for (let round = 0; round < rounds; round++) sample.push(clockManyNow(calls, run) * 1000);
  return figureOf(`${label}, ${set.name} kernels`, 'us', sample);
}
