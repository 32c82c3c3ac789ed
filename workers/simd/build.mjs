/** Compiles the AssemblyScript modules: each target of asconfig.json is an entry file of that name, in the short form of expand.mjs. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expand } from './expand.mjs';

const CONFIG = 'workers/simd/asconfig.json';

const SOURCES = resolve('workers/simd');

export const SIMD_TARGETS = Object.keys(JSON.parse(readFileSync(CONFIG, 'utf8')).targets);

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
    const { error, stderr } = await main([...files, '--config', CONFIG, '--target', target], {
      readFile: readExpanded,
    });
    if (error !== null) {
      console.error(stderr.toString());
      throw error;
    }
    refuseData(target, readFileSync(outFile));
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
