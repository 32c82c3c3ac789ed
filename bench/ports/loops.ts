/**
 * The hot loop of a function: of the loops without another in them the one with the most SIMD instructions.
 * @module
 */
import type { Instruction } from './wasm-code.js';

const OPENS = new Set(['block', 'loop', 'if']);

const isSimd = ({ name }: Instruction): boolean => /^(v128|[if]\d+x\d+)\./.test(name);

/** @returns  the instructions of one step; both sides of a branch. @throws the function has no loop */
export function findHotLoop(instructions: readonly Instruction[]): readonly Instruction[] {
  const loops = listInnermostLoops(instructions).sort((a, b) => countSimd(b) - countSimd(a));
  if (loops[0] === undefined) throw new Error('The function has no loop');
  return loops[0];
}

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
