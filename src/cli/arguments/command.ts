/**
 * A parsed command line.
 * @module
 */
import type { Part } from '../../domain/partition/part.js';
import type { GeneratorName } from '../../domain/streams/generators.js';
import type { RestInit } from '../../storage/write/rest-init.js';
import type { CommandName } from './commands.js';

/** Options for printing a report. */
export type OutputFormat = 'table' | 'json' | 'quiet';

/** The source of a model: a spec, or a checkpoint's own metadata. */
export interface ModelSource {
  readonly specPath: string | undefined;
  readonly from: string | undefined;
  readonly like: string | undefined;
  readonly init: RestInit | undefined;
  readonly withConfig: boolean;
  readonly seed: bigint | undefined;
  readonly generator: GeneratorName | undefined;
  readonly shardSize: string | undefined;
  readonly part: Part | undefined;
}

export interface InitCommand extends ModelSource {
  readonly kind: 'init';
  readonly out: string;
  readonly resume: boolean;
  readonly recordIntervalMs: number | undefined;
  /** In milliseconds; true: as long as it takes. */
  readonly waitForLock: number | true | undefined;
  readonly takeOver: boolean;
  readonly threads: number | undefined;
  readonly force: boolean;
  readonly checksum: boolean;
  readonly output: OutputFormat;
}

export interface PlanCommand extends ModelSource {
  readonly kind: 'plan';
  readonly out: string | undefined;
  readonly output: OutputFormat;
}

export interface MergeCommand {
  readonly kind: 'merge';
  readonly out: string;
  readonly force: boolean;
  readonly output: OutputFormat;
}

export interface VerifyCommand {
  readonly kind: 'verify';
  readonly checkpointPath: string;
  readonly specPath: string | undefined;
  /** The checkpoint that tensors were kept of. */
  readonly like: string | undefined;
  readonly seed: bigint | undefined;
  readonly generator: GeneratorName | undefined;
  /** Above 0 and at most 1; undefined: everything. */
  readonly sample: number | undefined;
  readonly sampleSeed: bigint | undefined;
  /** By name; undefined: all. */
  readonly tensors: readonly string[] | undefined;
  readonly threads: number | undefined;
  readonly output: OutputFormat;
}

export interface InspectCommand {
  readonly kind: 'inspect';
  readonly checkpointPath: string;
  readonly specPath: string | undefined;
  readonly generator: GeneratorName | undefined;
  /** The page to write. */
  readonly htmlPath: string | undefined;
  readonly force: boolean;
  readonly threads: number | undefined;
  readonly output: OutputFormat;
}

export interface RecipeCommand extends Pick<ModelSource, 'like' | 'init' | 'seed' | 'generator'> {
  readonly kind: 'recipe';
  /** A checkpoint, or the name of a built-in model; with `like`, a spec or nothing. */
  readonly path: string | undefined;
}

export interface ModelsCommand {
  readonly kind: 'models';
  readonly output: OutputFormat;
}

export type Command =
  | InitCommand
  | PlanCommand
  | MergeCommand
  | VerifyCommand
  | InspectCommand
  | RecipeCommand
  | ModelsCommand
  | { readonly kind: 'help'; readonly of: CommandName | undefined }
  | { readonly kind: 'version' | 'schema' };
