/**
 * A fresh process's first fill. Prints the milliseconds of the import, of engine and fill together, and from the start of the
 * process.
 * Parameters: elements, threads (by default the engine's choice).
 * @module
 */
export interface FirstFill {
  readonly importMs: number;
  readonly fillMs: number;
  readonly sinceStartMs: number;
}

const [elements = NaN, threads] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const { Engine, SharedTensor } = await import('#built/index.js');
const importedAt = performance.now();
const tensor = SharedTensor.empty([2, elements / 2], { name: 'first' });
const engine = new Engine(threads === undefined ? { seed: 42 } : { seed: 42, threads });
await engine.wageInit_(tensor, 2);
const filledAt = performance.now();
const result: FirstFill = {
  importMs: importedAt - startedAt,
  fillMs: filledAt - importedAt,
  sinceStartMs: filledAt,
};
process.stdout.write(JSON.stringify(result));
await engine.close();
