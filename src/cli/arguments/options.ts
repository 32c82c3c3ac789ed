/**
 * The options of the command line: type, value and help text of each. Which command takes which: commands.ts.
 * @module
 */
import { DEFAULT_GENERATOR, GENERATOR_NAMES } from '../../domain/streams/generators.js';

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be repeated. */
  readonly multiple?: true;
  /** Makes sense for files on a disk only, not with `--out -`. */
  readonly forFiles?: true;
  /** Stands for the value in the help: `FILE`. */
  readonly value?: string;
  /** The value may be left out, and must follow an `=` if it is given. */
  readonly isValueOptional?: true;
  /** The value may begin with a minus sign. */
  readonly mayBeNegative?: true;
  readonly help: string;
}

export const OPTIONS = {
  out: {
    type: 'string',
    value: 'FILE',
    help: 'the safetensors file to write; shards are named after it; its folder is made; - is standard output',
  },
  from: {
    type: 'string',
    value: 'CHECKPOINT',
    help: 'write this checkpoint again from its own metadata, instead of a spec',
  },
  like: {
    type: 'string',
    value: 'CHECKPOINT',
    help: 'take names, shapes and dtypes from this checkpoint, and rules from the spec; only headers are read, and from a disk what is kept: a path, hf:OWNER/NAME[@REVISION][:SUBFOLDER], or an https address',
  },
  init: {
    type: 'string',
    value: 'INIT',
    help: "with --like, for tensors that no rule of the spec gives an init, or without a spec: auto for what the architecture's authors draw, a kind, or an initialiser as JSON",
  },
  'with-config': {
    type: 'boolean',
    forFiles: true,
    help: 'with --like, also copy the companion files beside it (config.json, tokenizer, ...), so that transformers and vLLM open the folder',
  },
  spec: {
    type: 'string',
    value: 'SPEC.json',
    help: "the spec the checkpoint was made from; by default the checkpoint's own metadata",
  },
  seed: {
    type: 'string',
    value: 'N',
    mayBeNegative: true,
    help: "a whole number from 0 to 2^64 - 1, with torch from -2^63; by default the spec's, else random (and reported)",
  },
  generator: {
    type: 'string',
    value: 'NAME',
    help: `where the words come from: ${GENERATOR_NAMES.join(' or ')}; by default the spec's, else ${DEFAULT_GENERATOR}`,
  },
  'shard-size': {
    type: 'string',
    forFiles: true,
    value: 'SIZE',
    help: 'split the model into files with at most this many bytes of tensors: 5GB, 500MB, 2GiB',
  },
  part: {
    type: 'string',
    forFiles: true,
    value: 'I/N',
    help: 'write only part I of N: the shards I, I + N, I + 2N, ...; in a job array auto/N (auto0/N if its tasks count from 0)',
  },
  resume: {
    type: 'boolean',
    forFiles: true,
    help: 'continue a run that was killed; if this one is interrupted, keep what is done',
  },
  wait: {
    type: 'string',
    value: 'SECONDS',
    isValueOptional: true,
    forFiles: true,
    help: 'wait while another process writes this output: at most this long, or as long as it takes',
  },
  'take-over': {
    type: 'boolean',
    forFiles: true,
    help: 'take the output from the process that holds its lock; for queues that run each task once',
  },
  'record-every': {
    type: 'string',
    forFiles: true,
    value: 'SECONDS',
    help: 'how often to record progress for --resume; by default 5',
  },
  threads: {
    type: 'string',
    value: 'N',
    help: 'the number of threads; by default what processors, affinity, cgroup and SLURM_CPUS_PER_TASK allow',
  },
  sample: { type: 'string', value: 'SHARE', help: 'check only a random share of each tensor: 1% or 0.01' },
  'sample-seed': {
    type: 'string',
    value: 'N',
    help: 'the seed that chooses the share; by default random (and reported)',
  },
  tensor: { type: 'string', multiple: true, value: 'NAME', help: 'check only this tensor; may be repeated' },
  html: { type: 'string', value: 'FILE', help: 'also write the result as an HTML page' },
  force: { type: 'boolean', forFiles: true, help: 'replace existing files' },
  checksum: { type: 'boolean', forFiles: true, help: "print the files' SHA-256" },
  json: { type: 'boolean', help: 'print the report as JSON on standard output, and nothing else' },
  quiet: { type: 'boolean', help: 'print only errors and warnings' },
  help: { type: 'boolean', short: 'h', help: 'print this help; after a command, its options' },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

export const describeOption = (name: OptionName): Option => OPTIONS[name];

/** `--out FILE` */
export function writeOption(name: OptionName): string {
  const { value, isValueOptional } = describeOption(name);
  if (value === undefined) return `--${name}`;
  return isValueOptional ? `--${name}[=${value}]` : `--${name} ${value}`;
}
