/** The self-check reaches every kernel, and notices any single changed operation. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import { compileSimd, moduleOf } from '#built/engine/simd/code.js';
import { SIMD_MODULES, type OperatorsExports, type SimdModule } from '#built/engine/simd/modules.js';
import { bindDraw } from '#built/engine/simd/bind-draw.js';
import { SimdFiller } from '#built/engine/simd/simd-filler.js';
import { isTall, type OrthogonalMatrix } from '#built/domain/matrices/orthogonal-matrix.js';
import type { MatrixExports } from '#built/engine/simd/matrix-modules.js';
import { SINGLE } from '#built/engine/simd/matrix-precision.js';
import { Areas } from '#built/engine/simd/matrix-room.js';
import { addTallAreas } from '#built/engine/simd/matrix-tall-areas.js';
import { TallRows } from '#built/engine/simd/matrix-tall.js';
import { addWideAreas } from '#built/engine/simd/matrix-wide-areas.js';
import { WideRows } from '#built/engine/simd/matrix-wide.js';
import type { Kernels } from '#built/engine/simd/kernels.js';
import { CHECKED_OPERATIONS } from '#built/engine/simd/operation-check.js';
import { operateSimd } from '#built/engine/simd/operators.js';
import { bindTorch } from '#built/engine/simd/bind-torch.js';
import { familiesOf, type KernelFamily } from '#built/engine/simd/check.js';
import { ALL_FAMILIES, CHECKS, findDifference } from '#built/engine/simd/self-check.js';
import { allocateMemory, compile } from '#built/engine/memory/wasm.js';
import { casesOf } from '../../support/thorough.js';
import { bindCompare } from '#built/engine/simd/bind-compare.js';
import { comparedDraws } from '#built/engine/simd/comparison-check.js';
import { listFunctions, type WasmFunction } from '../../support/wasm-functions.js';

declare const WebAssembly: {
  validate: (bytes: Uint8Array) => boolean;
  Module: Readonly<Record<'imports' | 'exports', (module: object) => { name: string; kind: string }[]>>;
};

const code = compileSimd();
const readWasm = (module: SimdModule): Uint8Array => readFileSync(`dist/workers/simd/${module}.wasm`);

test('the modules are the targets that AssemblyScript compiles', () => {
  const config = JSON.parse(readFileSync('workers/simd/asconfig.json', 'utf8')) as { targets: object };
  expect(Object.keys(config.targets).sort()).toEqual([...SIMD_MODULES].sort());
});

test('finds no difference in the kernels as they are', () => {
  expect(findDifference(new SimdFiller(code, SCRATCH_BYTES))).toBe(undefined);
});

test('each check belongs to the last family that a job with its draw asks for', () => {
  for (const { family, makeDraw } of CHECKS) expect(familiesOf(makeDraw()).at(-1)).toBe(family);
});

/** Those that every check of torch's calls, on its way to its words. */
const WINDOW_FUNCTIONS = ['skipWords', 'slide', 'addWindows'];

test('calls every function that fills', () => {
  const called = new Set<string>();
  const recorder = new Proxy({}, { get: (_, name) => () => called.add(String(name)) });
  const memory = allocateMemory(1) ?? expect.fail('no memory');
  const kernels = new Proxy({}, { get: (_, name) => (name === 'memory' ? memory : recorder) }) as Kernels;
  for (const { makeDraw } of CHECKS) {
    const draw = makeDraw();
    if (draw.kind === 'torch') bindTorch(kernels, draw)?.fill(0, 0, 200);
    if (draw.kind === 'stream') bindDraw(kernels, draw, true).fill(0, 200);
    if (draw.kind === 'orthogonal') makeRows(recorder as MatrixExports, draw.matrix);
  }
  for (const operation of CHECKED_OPERATIONS) {
    operateSimd(recorder as OperatorsExports, operation, { at: 0, count: 1 });
  }
  for (const draw of comparedDraws()) bindCompare(kernels, draw)?.(0, 1);
  for (const name of ['largestMagnitude', ...WINDOW_FUNCTIONS]) called.add(name);
  const modules = SIMD_MODULES.filter((module) => module !== 'lanes');
  const exported = modules.flatMap((module) => WebAssembly.Module.exports(moduleOf(code, module)));
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  expect([...called].sort()).toEqual([...new Set(functions)].sort());
});

/** Makes a row of the matrix with these kernels. */
function makeRows(kernels: MatrixExports, matrix: OrthogonalMatrix): void {
  const areas = new Areas();
  const memory = allocateMemory(2 ** 24) ?? expect.fail('no memory');
  const ignore = (): void => undefined;
  const room = { memory, precision: SINGLE, kernels, fillNormals: ignore, checkRunning: ignore };
  const rows = isTall(matrix)
    ? new TallRows(room, matrix, addTallAreas(areas, SINGLE, matrix, 16), undefined)
    : new WideRows(room, matrix, addWideAreas(areas, SINGLE, matrix, 16), undefined);
  rows.make(0, 1);
  rows.row(0);
}

/** Operations as their bytes, and the byte that turns each into another operation of the same type. */
const MUTATIONS = {
  'i64.add to sub': [[0x7c], 0x7d],
  'i64.xor to or': [[0x85], 0x84],
  'i64.rotl to rotr': [[0x89], 0x8a],
  'i64.shl to shr_u': [[0x86], 0x88],
  'f32x4.add to sub': [[0xfd, 0xe4, 0x01], 0xe5],
  'f32x4.sub to add': [[0xfd, 0xe5, 0x01], 0xe4],
  'f32x4.mul to add': [[0xfd, 0xe6, 0x01], 0xe4],
  'f32x4.div to mul': [[0xfd, 0xe7, 0x01], 0xe6],
  'f32x4.pmin to pmax': [[0xfd, 0xea, 0x01], 0xeb],
  'f32x4.pmax to pmin': [[0xfd, 0xeb, 0x01], 0xea],
  'f64x2.add to sub': [[0xfd, 0xf0, 0x01], 0xf1],
  'f64x2.sub to add': [[0xfd, 0xf1, 0x01], 0xf0],
  'f64x2.mul to add': [[0xfd, 0xf2, 0x01], 0xf0],
  'f64x2.div to mul': [[0xfd, 0xf3, 0x01], 0xf2],
  'i64x2.add to sub': [[0xfd, 0xce, 0x01], 0xd1],
  'i64x2.shl to shr_u': [[0xfd, 0xcb, 0x01], 0xcd],
  'i64x2.shr_u to shl': [[0xfd, 0xcd, 0x01], 0xcb],
  'i32x4.shr_s to shr_u': [[0xfd, 0xac, 0x01], 0xad],
  'i32x4.shl to shr_u': [[0xfd, 0xab, 0x01], 0xad],
  'i32x4.add to sub': [[0xfd, 0xae, 0x01], 0xb1],
  'i32x4.max_s to min_s': [[0xfd, 0xb8, 0x01], 0xb6],
  'i16x8.add to sub': [[0xfd, 0x8e, 0x01], 0x91],
  'i16x8.sub to add': [[0xfd, 0x91, 0x01], 0x8e],
  'i16x8.min_s to max_s': [[0xfd, 0x96, 0x01], 0x98],
  'i16x8.min_u to max_u': [[0xfd, 0x97, 0x01], 0x99],
  // Not to its unsigned twin: most of what is converted is never negative.
  'f32x4.convert_i32x4_s to i32x4.trunc_sat_f32x4_s': [[0xfd, 0xfa, 0x01], 0xf8],
  'i32x4.le_u to ge_u': [[0xfd, 0x3e], 0x40],
  'i16x8.narrow_i32x4_u to narrow_i32x4_s': [[0xfd, 0x86, 0x01], 0x85],
  'i64x2.extmul_low_i32x4_u to extmul_low_i32x4_s': [[0xfd, 0xde, 0x01], 0xdc],
  'i64x2.extmul_high_i32x4_u to extmul_high_i32x4_s': [[0xfd, 0xdf, 0x01], 0xdd],
  'v128.xor to or': [[0xfd, 0x51], 0x50],
  'v128.or to and': [[0xfd, 0x50], 0x4e],
  'v128.and to or': [[0xfd, 0x4e], 0x50],
} as const;

/** A copy of a module with one operation changed. */
interface Mutant {
  /** Its function, and which of the operation's occurrences there it is. */
  readonly place: string;
  readonly bytes: Uint8Array;
}

/** One for each occurrence. */
function* mutants(
  bytes: Uint8Array,
  functions: readonly WasmFunction[],
  [operation, substitute]: readonly [readonly number[], number],
): Generator<Mutant> {
  const occurrences = new Map<string, number>();
  for (let at = 0; at < bytes.length; at++) {
    if (!operation.every((byte, i) => bytes[at + i] === byte)) continue;
    const copy = Uint8Array.from(bytes);
    copy[operation.length === 1 ? at : at + 1] = substitute;
    // The bytes may belong to something else, and the change may make the module invalid.
    if (!WebAssembly.validate(copy)) continue;
    const name = functions.find(({ begin, end }) => begin <= at && at < end)?.name ?? 'no function';
    const occurrence = occurrences.get(name) ?? 0;
    occurrences.set(name, occurrence + 1);
    yield { place: `${name} ${occurrence}`, bytes: copy };
  }
}

/** From the first to the last occurrence in a function. */
const places = (name: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `${name} ${first + i}`);

/**
 * The mutants that pass, because they compute the same or nearly: they add zeros to values that are seldom -0; put a sign on values without
 * one, by xor or by or; take a group of the normal for one with a word of the end, which recomputes everything; or are off by half a step, in
 * such a group or in a lane of one of the halves of a tile, which shows in one word in 128. Sums that torch's uniforms round to odd are never negative. Most roundings of a logarithm's
 * terms decide no bit of a radius (torch-normals.test.ts tries words by the million); and a normal is seldom midway between two bfloat16.
 */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  'operators f32x4.add to sub': [
    ...places('signs', 0, 1),
    ...['quantizeStochastic', 'quantizeHalfUp'].flatMap((name) => [1, 3, 5, 7, 9].map((i) => `${name} ${i}`)),
  ],
  'transforms f32x4.add to sub': [
    ...[10, 21, 32, 43].map((i) => `function 5 ${i}`),
    ...['normal 43', ...[46, 47, 96, 99].map((i) => `normalOverlapped ${i}`)],
  ],
  'transforms i32x4.shr_s to shr_u': [
    ...places('normal', 0, 3),
    ...[0, 12].flatMap((first) => places('normalOverlapped', first, first + 7)),
  ],
  'transforms v128.xor to or': [
    ...places('normal', 0, 3),
    ...[0, 8, 20, 28].flatMap((first) => places('normalOverlapped', first, first + 3)),
  ],
  'fills64 v128.xor to or': ['fillUniform64Shifted', 'fillUniform64Centred', 'fillUniform64'].flatMap(
    (name) => [10, 12, 14, 16].map((i) => `${name} ${i}`),
  ),
  'transforms64 v128.xor to or': [...places('function 4', 0, 3), ...places('normal64', 4, 7)],
  'torch-words f64x2.add to sub': ['addFused64 3'],
  'torch-words f64x2.sub to add': ['addFused64 12', 'addFused64 14'],
  'torch-words v128.xor to or': places('addFused', 0, 1),
  'torch-normals i64.xor to or': ['function 6 0'],
  'torch-normals f32x4.add to sub': ['function 0 0', ...places('torchNormal', 0, 1)],
  'torch-normals i32x4.add to sub': ['function 0 1'],
  'torch-normals i64x2.add to sub': [...places('function 4', 0, 18), ...places('function 4', 21, 27)],
  // Numbers of 8 bits saturate nowhere.
  'whole-fills i16x8.narrow_i32x4_u to narrow_i32x4_s': ['fillIntegers8 0', 'fillBits8 0', 'fillBits8 1'],
  // The least significant term of a product, which changes one number in 2^32: whole.parity.test.ts chooses words that show it.
  'whole-fills i64.add to sub': ['spreadWords64 0', 'spreadWordsFloat64 0'],
};

/** The distance between the occurrences of an operation that are changed. */
const STEP = casesOf({ few: 4, all: 1 });

function functionsOf(module: SimdModule): WasmFunction[] {
  const imports = WebAssembly.Module.imports(moduleOf(code, module));
  return listFunctions(readWasm(module), imports.filter(({ kind }) => kind === 'function').length);
}

const mutations = SIMD_MODULES.flatMap((module) => {
  const [bytes, functions] = [readWasm(module), functionsOf(module)];
  return Object.entries(MUTATIONS).map(([title, mutation]) => {
    const copies = [...mutants(bytes, functions, mutation)];
    return { module, title, copies: copies.filter((_, i) => i % STEP === 0) };
  });
}).filter(({ copies }) => copies.length > 0);

/** All families, first those that noticed the last mutants of the module: one family takes a tenth of the time of all. */
const familiesToAsk = new Map<SimdModule, KernelFamily[]>(
  SIMD_MODULES.map((module) => [module, [...ALL_FAMILIES]]),
);

function isNoticed(module: SimdModule, bytes: Uint8Array): boolean {
  const broken = new SimdFiller({ ...code, [module]: compile(bytes) }, SCRATCH_BYTES);
  const families = familiesToAsk.get(module) ?? expect.fail(module);
  const noticing = families.findIndex((family) => findDifference(broken, [family]) !== undefined);
  if (noticing > 0) families.unshift(...families.splice(noticing, 1));
  return noticing >= 0;
}

test.each(mutations)('notices every $title in $module but the harmless ones', ({ module, title, copies }) => {
  const passed = copies.filter(({ bytes }) => !isNoticed(module, bytes)).map(({ place }) => place);
  const tried = new Set(copies.map(({ place }) => place));
  const harmless = HARMLESS[`${module} ${title}`] ?? [];
  expect(passed).toEqual(expect.arrayContaining(harmless.filter((place) => tried.has(place))));
  expect(harmless).toEqual(expect.arrayContaining(passed));
});

test('every operation above occurs somewhere', () => {
  expect(new Set(mutations.map(({ title }) => title))).toEqual(new Set(Object.keys(MUTATIONS)));
});
