/**
 * The hot loops of a function: of the loops without another in them those with the most SIMD instructions.
 * @module
 */
import type { Instruction } from './wasm-code.js';

const OPENS = new Set(['block', 'loop', 'if']);

const isSimd = ({ name }: Instruction): boolean => /^(v128|[if]\d+x\d+)\./.test(name);

/**
 * @param count  how many loops follow each other
 * @returns      the instructions of one step of each, both sides of a branch
 * @throws the function has fewer loops, or another one that may be as hot: it is at least half as long, and no copy
 */
export function findHotLoops(
  instructions: readonly Instruction[],
  count: number,
): readonly (readonly Instruction[])[] {
  const loops = listInnermostLoops(instructions).sort((a, b) => countSimd(b) - countSimd(a));
  const hot = loops.slice(0, count);
  const last = hot[count - 1];
  if (last === undefined) throw new Error(`The function has ${loops.length} loops, not ${count}`);
  const copies = new Set(hot.map(writeNames));
  const others = loops.slice(count).filter((loop) => 2 * countSimd(loop) >= countSimd(last));
  if (others.some((loop) => !copies.has(writeNames(loop))))
    throw new Error(`The function has more than ${count} hot loops`);
  return hot;
}

const writeNames = (instructions: readonly Instruction[]): string =>
  instructions.map(({ name }) => name).join(' ');

const countSimd = (instructions: readonly Instruction[]): number => instructions.filter(isSimd).length;

function listInnermostLoops(instructions: readonly Instruction[]): (readonly Instruction[])[] {
  const loops: (readonly Instruction[])[] = [];
  const open: { readonly name: string; readonly begin: number; hasLoop: boolean }[] = [];
  instructions.forEach(({ name }, i) => {
    if (OPENS.has(name)) {
      if (name === 'loop') for (const outer of open) outer.hasLoop = true;
      open.push({ name, begin: i + 1, hasLoop: false });
    } else if (name === 'end') {
      const ended = open.pop();
      if (ended?.name === 'loop' && !ended.hasLoop) loops.push(instructions.slice(ended.begin, i));
    }
  });
  return loops;
}
