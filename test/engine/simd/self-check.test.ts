/** The self-check is worth its name: it reaches every kernel, and notices any single operation that is another. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileSimd, type FillsExports, type TransformsExports } from '#built/engine/simd/code.js';
import { bindKernel } from '#built/engine/simd/bind.js';
import { SimdFiller } from '#built/engine/simd/filler.js';
import { CHECKED_KERNELS, findDifference } from '#built/engine/simd/self-check.js';
import { compile } from '#built/engine/wasm.js';

declare const WebAssembly: {
  validate: (bytes: Uint8Array) => boolean;
  Module: { exports: (module: object) => { name: string; kind: string }[] };
};

const readWasm = (file: string): Uint8Array => readFileSync(`dist/workers/simd/${file}.wasm`);
const code = compileSimd();

test('finds nothing in the kernels as they are', () => {
  expect(findDifference(new SimdFiller(code, 0))).toBe(undefined);
});

test('calls every function of the modules of fills and transforms', () => {
  const called = new Set<string>();
  const recorder = new Proxy({} as FillsExports & TransformsExports, {
    get: (_, name) => () => called.add(String(name)),
  });
  for (const kernel of CHECKED_KERNELS) {
    bindKernel({ fills: recorder, transforms: recorder }, kernel)(0, 1024 / 16);
  }
  const exported = [code.fills, code.transforms].flatMap((module) => WebAssembly.Module.exports(module));
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  expect([...called].sort()).toEqual(functions.sort());
});

/** SIMD operations as their bytes, and one of the same type to put in the place of the second; and those of integers. */
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
  'i64x2.add to sub': [[0xfd, 0xce, 0x01], 0xd1],
  'i64x2.shl to shr_u': [[0xfd, 0xcb, 0x01], 0xcd],
  'i64x2.shr_u to shl': [[0xfd, 0xcd, 0x01], 0xcb],
  'i32x4.shr_s to shr_u': [[0xfd, 0xac, 0x01], 0xad],
  'f32x4.convert_i32x4_s to _u': [[0xfd, 0xfa, 0x01], 0xfb],
  'v128.xor to or': [[0xfd, 0x51], 0x50],
  'v128.or to and': [[0xfd, 0x50], 0x4e],
} as const;

/** Copies of the module with one operation changed, one for each place where it stands. */
function* mutants(
  bytes: Uint8Array,
  [operation, substitute]: readonly [readonly number[], number],
): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    if (!operation.every((byte, i) => bytes[at + i] === byte)) continue;
    const copy = Uint8Array.from(bytes);
    copy[operation.length === 1 ? at : at + 1] = substitute;
    // A byte that is no operation may make it invalid.
    if (WebAssembly.validate(copy)) yield copy;
  }
}

const MODULES = ['lanes', 'fills', 'transforms'] as const;

const mutations = MODULES.flatMap((module) =>
  Object.entries(MUTATIONS).map(([title, mutation]) => {
    return { module, title, copies: [...mutants(readWasm(module), mutation)] };
  }),
).filter(({ copies }) => copies.length > 0);

test.each(mutations)('notices every $title in $module', ({ module, copies }) => {
  for (const bytes of copies) {
    const broken = new SimdFiller({ ...code, [module]: compile(bytes) }, 0);
    expect(findDifference(broken)).toMatch(/^element \d+ of a (constant|uniform|truncated_normal) differs/);
  }
});

test('every operation above occurs somewhere', () => {
  expect(new Set(mutations.map(({ title }) => title))).toEqual(new Set(Object.keys(MUTATIONS)));
});
