/** Compiles the AssemblyScript modules: each target of asconfig.json is an entry file of that name, in the short form of expand.mjs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expand } from './expand.mjs';
import { hoistConstants } from './hoist.mjs';

const CONFIG = 'workers/simd/asconfig.json';

const SOURCES = resolve('workers/simd');

const TARGETS = JSON.parse(readFileSync(CONFIG, 'utf8')).targets;

export const SIMD_TARGETS = Object.keys(TARGETS);

/**
 * Binaryen's passes: those that leave operations in the order of the sources, and globals as they are. The usual levels move a value to
 * its only use (simplify-locals), so that the four vectors of a group come one after the other, and copy constants into loops
 * (simplify-globals). V8's newer pipeline (Node 24) takes both as they come: an operation waits for the one before, and
 * constants are made again for each group. A truncated normal of float64 took 20.8 cycles an element there and takes 12.6, a bounded
 * normal 16.1 and 9.6, a float16 uniform 3.3 and 2.3. Node 20 schedules operations itself: its code is as fast either way. (AMD EPYC,
 * Zen 5.) Targets with a level of their own are faster with it, torch's normal by 2 to 8 %.
 */
const PASSES = [
  'inlining',
  'rse',
  'vacuum',
  'ssa-nomerge',
  'local-cse',
  'precompute-propagate',
  'optimize-instructions',
  'dce',
  'remove-unused-brs',
  'remove-unused-names',
  'merge-blocks',
  'coalesce-locals',
  'reorder-locals',
  'remove-unused-module-elements',
];

/** Reads for the compiler, which asks for files that may not exist. */
function readExpanded(name, folder) {
  const path = resolve(folder, name);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  return path.startsWith(SOURCES) ? expand(text) : text;
}

/** @param folder  where TARGET.wasm goes */
export async function compileSimd(folder) {
  // Loaded only to build: a package that is built works without the development tools.
  const { main } = await import('assemblyscript/asc');
  for (const target of SIMD_TARGETS) {
    const outFile = join(folder, `${target}.wasm`);
    const files = [`workers/simd/${target}.ts`, '--outFile', outFile];
    const passes = 'optimizeLevel' in TARGETS[target] ? [] : ['--runPasses', PASSES.join(',')];
    const options = ['--config', CONFIG, '--target', target, ...passes];
    const { error, stderr } = await main([...files, ...options], { readFile: readExpanded });
    if (error !== null) {
      console.error(stderr.toString());
      throw error;
    }
    const bytes = await hoistConstants(readFileSync(outFile));
    writeFileSync(outFile, bytes);
    refuseData(target, bytes);
  }
}

/** A data section would be written into the memory that a module is given: a tensor. */
function refuseData(target, bytes) {
  const DATA_SECTION = 11;
  if (listSections(bytes).includes(DATA_SECTION)) throw new Error(`${target} has constants in memory`);
}

/** The ids of a module's sections: after a header of 8 bytes, each has an id, its size as LEB128, and that many bytes. */
function listSections(bytes) {
  const ids = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}
