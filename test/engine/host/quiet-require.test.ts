/** Nodes whose require() of an ES module prints a warning (22.12, 23.0 to 23.4), or is none. */
import { expect, test } from 'vitest';
import { evaluate } from '../../support/program.js';

/** Narrow normals, on the calling thread: an engine, kernels and coefficients are loaded on demand. */
const PROGRAM = `
  import { Engine, normal, SharedTensor } from 'jumpfill';
  const engine = new Engine({ threads: 1, seed: 1 });
  const tensor = await engine.fill(SharedTensor.empty([10], { name: 'w', dtype: 'bfloat16' }), normal());
  console.log(tensor.data.join());
  await engine.close();`;

test('a Node that warns of required ES modules prints nothing, and other warnings still appear', () => {
  const program = `${PROGRAM} process.emitWarning('mine', 'ExperimentalWarning');`;
  const { stdout, stderr } = evaluate(program, 'warning-require');
  expect(stdout).toMatch(/^\d+(?:,\d+){9}\n$/);
  expect(stderr).not.toContain('of a required module');
  expect(stderr).toContain('ExperimentalWarning: mine');
});

test('where require() loads no ES module it draws the same', () => {
  const run = evaluate(PROGRAM, undefined, { NODE_OPTIONS: '--no-experimental-require-module' });
  expect(run).toEqual(evaluate(PROGRAM));
});
