/**
 * Every option of the command line: its type, what it takes, what it does. Commands name those they know.
 * @module
 */

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given more than once. */
  readonly multiple?: true;
  /** Of files on a disk: with `--out -` it would mean nothing. */
  readonly ofFiles?: true;
  /** What stands behind it in the help. */
  readonly value?: string;
  /** The value may be left out, and else stands behind an `=`. */
  readonly isValueOptional?: true;
  readonly help: string;
}

export const OPTIONS = {
  out: {
    type: 'string',
    value: 'FILE',
    help: 'the safetensors file to write, or what shards are named after; - is standard output',
  },
  from: {
    type: 'string',
    value: 'CHECKPOINT',
    help: 'in place of a spec: write what that checkpoint says it is, again',
  },
  like: {
    type: 'string',
    value: 'CHECKPOINT',
    help: 'names, shapes and dtypes of a checkpoint that is there (only headers are read), for a spec of rules',
  },
  spec: {
    type: 'string',
    value: 'SPEC.json',
    help: 'what the checkpoint was made from, if its own metadata do not tell',
  },
  seed: {
    type: 'string',
    value: 'N',
    help: "whole number from 0 to 2^64 - 1; the spec's by default, else random and told",
  },
  'shard-size': {
    type: 'string',
    ofFiles: true,
    value: 'SIZE',
    help: 'several files of at most so many bytes of tensors each: 5GB, 500MB, 2GiB',
  },
  part: {
    type: 'string',
    ofFiles: true,
    value: 'I/N',
    help: 'write only every N-th shard from the I-th on; in a job array auto/N (auto0/N if its tasks count from 0)',
  },
  resume: {
    type: 'boolean',
    ofFiles: true,
    help: 'go on with what a run left that was killed; if it is interrupted, keep what is done',
  },
  wait: {
    type: 'string',
    value: 'SECONDS',
    isValueOptional: true,
    ofFiles: true,
    help: 'while another process writes this output, wait for it: at most so long, or as long as it takes',
  },
  'take-over': {
    type: 'boolean',
    ofFiles: true,
    help: 'take this output from a process that holds it: for queues that run each task once',
  },
  'record-every': {
    type: 'string',
    ofFiles: true,
    value: 'SECONDS',
    help: 'how often what is done is recorded for --resume; 5 by default',
  },
  threads: {
    type: 'string',
    value: 'N',
    help: 'number of threads; by default as many as processors, affinity, cgroup and SLURM_CPUS_PER_TASK allow',
  },
  sample: { type: 'string', value: 'SHARE', help: 'look at a random share of each tensor only: 1% or 0.01' },
  'sample-seed': { type: 'string', value: 'N', help: 'which share; random and told by default' },
  tensor: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'only this tensor; may be given several times',
  },
  html: { type: 'string', value: 'FILE', help: 'write a page of it, for a browser' },
  force: { type: 'boolean', ofFiles: true, help: 'replace files that exist' },
  checksum: { type: 'boolean', ofFiles: true, help: 'tell the SHA-256 of the files' },
  json: { type: 'boolean', help: 'the report as JSON on standard output, and nothing else' },
  quiet: { type: 'boolean', help: 'print nothing but errors and warnings' },
  help: { type: 'boolean', short: 'h', help: 'this text; after a command, what it takes' },
  version: { type: 'boolean', short: 'v', help: 'the version' },
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
