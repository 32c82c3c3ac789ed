/** Nodes without a require() of ES modules, or with one that warns (22.12, 23.0 to 23.4): nothing of ours needs it. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evaluate } from '../../support/program.js';

/** Narrow normals, on the calling thread: an engine, kernels and coefficients are loaded on demand. */
const PROGRAM = `
  import { Engine, normal, SharedTensor } from 'jumpfill';
  const engine = new Engine({ threads: 1, seed: 1 });
  const tensor = await engine.fill(SharedTensor.empty([10], { name: 'w', dtype: 'bfloat16' }), normal());
  console.log(tensor.data.join());
  await engine.close();`;

// A build of single modules (build.mjs --modules) requires them.
test.skipIf(!existsSync('dist/chunks'))('where require() loads no ES module it draws the same', () => {
  const run = evaluate(PROGRAM, undefined, { NODE_OPTIONS: '--no-experimental-require-module' });
  expect(run).toEqual(evaluate(PROGRAM));
});
