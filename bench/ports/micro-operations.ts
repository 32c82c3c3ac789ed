/**
 * The x86 micro-operations that V8 makes of a SIMD instruction, with AVX and 128-bit registers: as its code generator's sources have them
 * (v8/src/codegen/x64/macro-assembler-x64.cc and shared-ia32-x64/macro-assembler-shared-ia32-x64.cc). Constants and address
 * arithmetic in operands cost nothing.
 * @module
 */
import type { Instruction } from './wasm-code.js';

/** Micro-operations that processors treat alike. */
export const CLASSES = [
  ...['fp add', 'fp multiply', 'fp other', 'divide', 'integer', 'shift', 'multiply', 'shuffle'],
  ...['convert', 'load', 'store', 'scalar'],
] as const;

export type OperationClass = (typeof CLASSES)[number];

export type Operations = Readonly<Partial<Record<OperationClass, number>>>;

const NONE: Operations = {};

/** In the order in which they are tried. */
const RULES: readonly (readonly [RegExp, Operations])[] = [
  [/^(v128\.const|const|local|drop|block|loop|end|else|return|unreachable)$/, NONE],
  [/^v128\.load.*_lane$/, { load: 1, shuffle: 1 }],
  [/^v128\.load(8x8|16x4|32x2)/, { load: 1, shuffle: 1 }],
  [/^(v128\.load.*|load|global\.get)$/, { load: 1 }],
  [/^v128\.store.*_lane$/, { store: 1, shuffle: 1 }],
  [/^(v128\.store|store|global\.set)$/, { store: 1 }],
  [/^f(32x4|64x2)\.(add|sub)$/, { 'fp add': 1 }],
  [/^f(32x4|64x2)\.mul$/, { 'fp multiply': 1 }],
  [/^f(32x4|64x2)\.(div|sqrt)$/, { divide: 1 }],
  // The smaller of either order, then signs of zeros and NaNs are put right.
  [/^f(32x4|64x2)\.(min|max)$/, { 'fp other': 3, integer: 3, shift: 1 }],
  [/^f(32x4|64x2)\.(pmin|pmax|eq|ne|lt|gt|le|ge)$/, { 'fp other': 1 }],
  [/^f(32x4|64x2)\.(abs|neg)$/, { integer: 1 }],
  [/^f(32x4|64x2)\.(ceil|floor|trunc|nearest)$/, { convert: 1 }],
  [/^f32x4\.convert_i32x4_s$/, { convert: 1 }],
  [/^f32x4\.convert_i32x4_u$/, { convert: 2, integer: 2, shift: 2, 'fp add': 2 }],
  [/^i32x4\.trunc_sat_f32x4_s$/, { 'fp other': 2, integer: 2, convert: 1 }],
  [/^i32x4\.trunc_sat_f64x2_s_zero$/, { 'fp other': 2, integer: 1, convert: 1, shuffle: 1 }],
  [/^i32x4\.trunc_sat/, { 'fp other': 2, integer: 2, convert: 2, 'fp add': 1 }],
  [/^f64x2\.convert_low_i32x4_s$/, { convert: 1, shuffle: 1 }],
  [/^f64x2\.convert_low_i32x4_u$/, { shuffle: 1, integer: 1, 'fp add': 1 }],
  [/^(f32x4\.demote|f64x2\.promote)/, { convert: 1, shuffle: 1 }],
  // Three products of 32 bits.
  [/^i64x2\.mul$/, { multiply: 3, shift: 3, integer: 2 }],
  // Two of the sources' halves are spread first.
  [/^i64x2\.extmul/, { shuffle: 2, multiply: 1 }],
  [/^i(32x4|16x8)\.extmul_low/, { shuffle: 2, multiply: 1 }],
  [/^i(32x4|16x8)\.extmul/, { shuffle: 1, multiply: 2 }],
  // vpmulld: two micro-operations on Intel's.
  [/^i32x4\.mul$/, { multiply: 2 }],
  [/^i(16x8\.(mul|q15mulr_sat_s)|32x4\.dot)/, { multiply: 1 }],
  // No instruction of AVX: the sign is moved out of the way, and back.
  [/^i64x2\.shr_s$/, { integer: 3, shift: 3 }],
  [/^i8x16\.sh/, { integer: 1, shift: 2 }],
  [/^i(16x8|32x4|64x2)\.sh/, { shift: 1 }],
  [/^i64x2\.(lt|gt)_s$/, { multiply: 1 }],
  [/^i\d+x\d+\.(eq|lt_s|gt_s)$/, { integer: 1 }],
  [/^i\d+x\d+\.(ne|le_s|ge_s|le_u|ge_u)$/, { integer: 2 }],
  [/^i\d+x\d+\.(lt_u|gt_u)$/, { integer: 3 }],
  [/^i\d+x\d+\.(add|sub|neg|abs|min|max|avgr)/, { integer: 1 }],
  [/^i\d+x\d+\.(narrow|extend)/, { shuffle: 1 }],
  [/^v128\.(not)$/, { integer: 2 }],
  [/^v128\.bitselect$/, { integer: 3 }],
  [/^v128\.(and|andnot|or|xor)$/, { integer: 1 }],
  [/^i8x16\.swizzle$/, { integer: 1, shuffle: 1 }],
  [/^(f64x2|f32x4)\.splat$/, { shuffle: 1 }],
  [/\.splat$/, { shuffle: 2 }],
  [/(extract|replace)_lane/, { shuffle: 1, scalar: 1 }],
  [/(any|all)_true|bitmask/, { shuffle: 1, scalar: 1 }],
  // What is called draws rare values: its own operations are not counted.
  [/^(br|br_if|if|call|scalar|select)$/, { scalar: 1 }],
];

/** @throws  an instruction without a rule: the table must know all that kernels use */
export function operationsOf({ name, lanes }: Instruction): Operations {
  if (name === 'i8x16.shuffle') return shuffleOperations(lanes ?? []);
  const rule = RULES.find(([pattern]) => pattern.test(name));
  if (rule === undefined) throw new Error(`No rule says what ${name} becomes on x86`);
  return rule[1];
}

const LANES_32 = 4;

/**
 * Moves of whole 32-bit lanes are one instruction where x86 has it: of one source, two lanes of each source, or interleaved. Others
 * are two byte shuffles whose results are joined.
 */
function shuffleOperations(lanes: readonly number[]): Operations {
  const words = wholeLanes(lanes);
  if (words !== undefined && (ofOneSource(words) || isHalves(words) || isInterleaving(words)))
    return { shuffle: 1 };
  return isBlend(lanes) ? { integer: 1 } : { shuffle: 2, integer: 1 };
}

/** The lanes of 32 bits that are moved, 0 to 7; undefined if one is not whole. */
function wholeLanes(lanes: readonly number[]): readonly number[] | undefined {
  const words = Array.from({ length: LANES_32 }, (_, i) => (lanes[4 * i] ?? 0) / 4);
  const isWhole = lanes.every((lane, i) => lane === 4 * (words[i >> 2] ?? 0) + (i & 3));
  return isWhole ? words : undefined;
}

const ofOneSource = (words: readonly number[]): boolean =>
  words.every((word) => word < LANES_32) || words.every((word) => word >= LANES_32);

const isHalves = (words: readonly number[]): boolean => {
  const isFirst = words.map((word) => word < LANES_32);
  return isFirst[0] === isFirst[1] && isFirst[2] === isFirst[3];
};

const INTERLEAVINGS = ['0,4,1,5', '2,6,3,7', '4,0,5,1', '6,2,7,3'];
const isInterleaving = (words: readonly number[]): boolean => INTERLEAVINGS.includes(String(words));

/** Every byte stays in its place. */
const isBlend = (lanes: readonly number[]): boolean => lanes.every((lane, i) => lane % 16 === i);
