/** Compiles the AssemblyScript modules: each target of asconfig.json is an entry file of that name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = 'workers/simd/asconfig.json';

export const SIMD_TARGETS = Object.keys(JSON.parse(readFileSync(CONFIG, 'utf8')).targets);

/** @param folder  where TARGET.wasm goes */
export async function compileSimd(folder) {
  // Only where there is something to build: without the tools for development the package can be used all the same.
  const { main } = await import('assemblyscript/asc');
  for (const target of SIMD_TARGETS) {
    const outFile = join(folder, `${target}.wasm`);
    const files = [`workers/simd/${target}.ts`, '--outFile', outFile];
    const { error, stderr } = await main([...files, '--config', CONFIG, '--target', target]);
    if (error !== null) {
      console.error(stderr.toString());
      throw error;
    }
    refuseData(target, readFileSync(outFile));
  }
}

/** A data section would be written into whatever memory a module is given: a tensor. */
function refuseData(target, bytes) {
  const DATA_SECTION = 11;
  if (listSections(bytes).includes(DATA_SECTION)) throw new Error(`${target} has constants in memory`);
}

/** Ids of a module's sections: after 8 bytes of header, each has an id, its size as LEB128, and so many bytes. */
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
