/**
 * What a checkpoint says of how it was made: enough, with its names, shapes and dtypes, to make it again.
 * @module
 */
import { readFileSync } from 'node:fs';
import type { ModelTensor } from '../domain/spec.js';

/** Version of the byte contract: the same (seed, name, recipe, dtype, element) gives the same bits within it. */
export const BYTE_CONTRACT = 1;

const packageFile = new URL('../../../package.json', import.meta.url);

/** This package's version. */
export const VERSION = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;

/** The `jumpfill` entry of `__metadata__`. The seed is a decimal string: JSON readers round numbers beyond 2^53. */
export function describeRecipe(tensors: readonly ModelTensor[], seed: bigint): string {
  const described = tensors.map(({ name, recipe: { init, facts } }) => {
    return [name, { init, weight_scale: facts.weightScale, limit: facts.limit }];
  });
  return JSON.stringify({
    version: VERSION,
    byte_contract: BYTE_CONTRACT,
    seed: String(seed),
    tensors: Object.fromEntries(described) as unknown,
  });
}
