/**
 * The library's messages name its options in backticks: `force`. On the command line the same options are flags.
 * @module
 */
import type { OptionName } from '../arguments/options.js';

const FLAGS: Readonly<Record<string, OptionName>> = {
  checksum: 'checksum',
  force: 'force',
  generator: 'generator',
  init: 'init',
  like: 'like',
  out: 'out',
  part: 'part',
  recordIntervalMs: 'record-every',
  resume: 'resume',
  sampleSeed: 'sample-seed',
  sample: 'sample',
  seed: 'seed',
  shardSize: 'shard-size',
  spec: 'spec',
  takeOver: 'take-over',
  tensors: 'tensor',
  threads: 'threads',
  waitForLock: 'wait',
  withConfig: 'with-config',
};

/** The library's function of a command, with which its messages may begin. */
const FUNCTION = /^(write|plan|verify|inspect|merge)Checkpoint: /;

/** Pass `takeOver` -> Pass --take-over; writeCheckpoint: the output -> init: the output */
export const nameFlags = (message: string): string =>
  message
    .replace(FUNCTION, (_, verb: string) => `${verb === 'write' ? 'init' : verb}: `)
    .replace(/`(\w+)`/g, (quoted, option: string) =>
      Object.hasOwn(FLAGS, option) ? `--${FLAGS[option]}` : quoted,
    );
