/** The bound that ports set: reading the compiled kernels, their loops, and the arithmetic of the bound. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundCycles, countOperations, type Counts } from '../../bench/ports/bound.js';
import { boundOf, PORTED_KERNELS, PORTED_OPERATORS } from '../../bench/ports/kernels.js';
import { findHotLoops } from '../../bench/ports/loops.js';
import { CLASSES, operationsOf, type OperationClass } from '../../bench/ports/micro-operations.js';
import { PROCESSORS, type Processor } from '../../bench/ports/processors.js';
import { readFunctions, type Instruction } from '../../bench/ports/wasm-code.js';
import { SIMD_MODULES } from '../../src/engine/simd/modules.js';

const instructions = (...names: string[]): Instruction[] => names.map((name) => ({ name }));

test.each(SIMD_MODULES)('every function of %s.wasm is read to its end', (module) => {
  const functions = readFunctions(readFileSync(`dist/workers/simd/${module}.wasm`));
  expect(functions.size).toBeGreaterThan(0);
  for (const body of functions.values()) {
    const opened = body.filter(({ name }) => ['block', 'loop', 'if'].includes(name)).length;
    // The function's own end is one more.
    expect(body.filter(({ name }) => name === 'end')).toHaveLength(opened + 1);
    expect(body.at(-1)).toEqual({ name: 'end' });
  }
});

test.each([...PORTED_KERNELS, ...PORTED_OPERATORS])(
  '$label of $dtype has loops in the compiled modules, and bounds',
  (kernel) => {
    const { operations, cycles } = boundOf(kernel);
    expect(operations).toHaveLength(CLASSES.length);
    expect(cycles).toHaveLength(PROCESSORS.length);
    for (const bound of cycles) {
      expect(bound).toBeGreaterThan(0);
      expect(bound).toBeLessThan(50);
    }
  },
);

test('hot loops are innermost ones, and of those the ones with the most SIMD instructions; none is left out unnoticed', () => {
  const add = 'f32x4.add';
  const body = instructions(
    ...['loop', 'local', 'loop', add, add, 'end', 'loop', add, 'end', add, add, add, 'end'],
    ...['loop', 'if', 'scalar', 'end', 'end', 'end'],
  );
  expect(findHotLoops(body, 2)).toEqual([instructions(add, add), instructions(add)]);
  expect(() => findHotLoops(body, 1)).toThrow('more than 1 hot loops');
  expect(() => findHotLoops(body, 4)).toThrow('has 3 loops, not 4');
  const twins = instructions(...['loop', add, add, 'end', 'loop', add, add, 'end', 'end']);
  expect(findHotLoops(twins, 1)).toEqual([instructions(add, add)]);
});

test('a shuffle of whole lanes is one micro-operation, one of bytes is three, one that moves nothing is a blend', () => {
  const shuffle = (lanes: readonly number[]): number[] =>
    Object.values(operationsOf({ name: 'i8x16.shuffle', lanes }));
  const words = (...picked: readonly number[]): number[] =>
    picked.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));
  expect(shuffle(words(1, 0, 3, 2))).toEqual([1]);
  expect(shuffle(words(0, 2, 4, 6))).toEqual([1]);
  expect(shuffle(words(0, 4, 1, 5))).toEqual([1]);
  expect(shuffle(words(0, 5, 2, 7))).toEqual([1]);
  expect(shuffle(words(0, 4, 2, 6))).toEqual([2, 1]);
  expect(shuffle(words(0, 1, 2, 3).reverse())).toEqual([2, 1]);
});

test('an instruction without a rule is an error, and a step of a loop looks at the stack', () => {
  expect(() => operationsOf({ name: 'i8x16.popcnt' })).toThrow('No rule says what i8x16.popcnt becomes');
  expect(countOperations(instructions('f32x4.mul', 'local', 'v128.store'))).toEqual(
    new Map<OperationClass, number>([
      ['load', 1],
      ['scalar', 1],
      ['fp multiply', 1],
      ['store', 1],
    ]),
  );
});

/** Few ports, so that the least of the largest loads can be found by trying. */
const two: Processor = {
  name: 'two',
  width: 100,
  ports: {
    ...(Object.fromEntries(CLASSES.map((name) => [name, ['a', 'b']])) as Record<OperationClass, string[]>),
    'fp add': ['a'],
    'fp multiply': ['b'],
  },
};

test('with two ports the bound is the larger of what one alone must do and half of all', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (adds, products, others) => {
      const counts: Counts = new Map<OperationClass, number>([
        ['fp add', adds],
        ['fp multiply', products],
        ['integer', others],
      ]);
      const bound = boundCycles(counts, two);
      expect(bound).toBe(Math.max(adds, products, (adds + products + others) / 2));
      expect(boundCycles(counts, { ...two, width: 1 })).toBe(adds + products + others);
    }),
  );
});
