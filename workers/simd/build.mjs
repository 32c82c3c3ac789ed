/** Compiles the AssemblyScript modules into dist/workers/simd: each target of asconfig.json is an entry file of that name. */
import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

const CONFIG = 'workers/simd/asconfig.json';
const { targets } = JSON.parse(readFileSync(CONFIG, 'utf8'));

for (const target of Object.keys(targets)) {
  const { error, stderr } = await main([`workers/simd/${target}.ts`, '--config', CONFIG, '--target', target]);
  if (error !== null) {
    console.error(stderr.toString());
    throw error;
  }
  refuseData(target, targets[target].outFile);
}

/** A data section would be written into whatever memory a module is given: a tensor. */
function refuseData(target, outFile) {
  const DATA_SECTION = 11;
  const bytes = readFileSync(new URL(outFile, import.meta.url));
  const sections = listSections(bytes);
  if (sections.includes(DATA_SECTION)) throw new Error(`${target} has constants in memory`);
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
