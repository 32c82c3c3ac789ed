/**
 * What a checkpoint says of how it was made: enough, with its names, shapes and dtypes, to make it again.
 * @module
 */
import { readFileSync } from 'node:fs';
import { BYTE_CONTRACT } from '../../domain/streams/byte-contract.js';
import { isCollapsed, type CodeUse } from '../../domain/recipes/code-use.js';
import { codeUseOf } from '../../domain/recipes/recipe.js';
import type { Init } from '../../domain/recipes/init.js';
import type { ModelTensor } from '../../domain/specs/spec.js';
import { writeNumber } from '../../base/wording.js';
import { findOwnFile } from '../../engine/host/own-files.js';

let version: string | undefined;

/**
 * This package's version, read when it is first asked for.
 * @throws {JumpfillError} MISSING_FILES
 */
export const readVersion = (): string =>
  (version ??= (JSON.parse(readFileSync(findOwnFile('../package.json'), 'utf8')) as { version: string })
    .version);

/** As a spec has it. */
export const writeInit = (init: Init): object =>
  Object.fromEntries(Object.entries(init).map(([key, value]) => [key, writeNumber(value)]));

function describeUse(codeUse: CodeUse): object {
  const { used, available, zeroShare } = codeUse;
  return { used, available, zero_share: zeroShare, collapsed: isCollapsed(codeUse) };
}

/** What a shard says of the whole it belongs to. */
export interface ShardFacts {
  /** From 1. */
  readonly shard: number;
  readonly shards: number;
  readonly shardBytes: number | undefined;
  /** Of the whole checkpoint: layout.ts. */
  readonly digest: string;
}

/**
 * The `jumpfill` entry of `__metadata__`. The seed is a decimal string: JSON readers round numbers beyond 2^53.
 * @param tensors  those of the file
 * @param facts    of a shard
 */
export function describeRecipe(tensors: readonly ModelTensor[], seed: bigint, facts?: ShardFacts): string {
  const described = tensors.map(({ name, recipe }) => {
    const { init, facts } = recipe;
    const codeUse = codeUseOf(recipe);
    const { weightScale, limit, std, step } = facts;
    const described = { init: writeInit(init), weight_scale: weightScale, limit, std, step };
    return [name, { ...described, ...(codeUse && { code_use: describeUse(codeUse) }) }];
  });
  return JSON.stringify({
    version: readVersion(),
    byte_contract: BYTE_CONTRACT,
    seed: String(seed),
    ...(facts && { checkpoint: describeShard(facts) }),
    tensors: Object.fromEntries(described) as unknown,
  });
}

const describeShard = ({ shard, shards, shardBytes, digest }: ShardFacts): object => ({
  shard,
  shards,
  shard_size: shardBytes,
  digest,
});
