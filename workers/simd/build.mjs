/** Compiles the AssemblyScript modules into dist/workers/simd: each target of asconfig.json is an entry file of that name. */
import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

const CONFIG = 'workers/simd/asconfig.json';
const { targets } = JSON.parse(readFileSync(CONFIG, 'utf8'));

for (const target of Object.keys(targets)) {
  const { error, stderr } = await main([`workers/simd/${target}.ts`, '--config', CONFIG, '--target', target]);
  if (error === null) continue;
  console.error(stderr.toString());
  throw error;
}
