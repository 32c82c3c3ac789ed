/**
 * A fresh process that opens a checkpoint. Prints the milliseconds of the import, of the first opening and of those after it.
 * Parameters: path, how often it is opened after the first time.
 * @module
 */
export interface OpenedCheckpoint {
  readonly tensors: number;
  readonly importMs: number;
  readonly firstMs: number;
  readonly laterMs: readonly number[];
}

const [path = '', times = '0'] = process.argv.slice(2);
const startedAt = performance.now();
const { openCheckpoint } = await import('#built/index.js');
const importedAt = performance.now();
const { names } = await openCheckpoint(path);
const openedAt = performance.now();
const laterMs: number[] = [];
for (let time = 0; time < Number(times); time++) {
  const begunAt = performance.now();
  await openCheckpoint(path);
  laterMs.push(performance.now() - begunAt);
}
const result: OpenedCheckpoint = {
  tensors: names.length,
  importMs: importedAt - startedAt,
  firstMs: openedAt - importedAt,
  laterMs,
};
process.stdout.write(JSON.stringify(result));
