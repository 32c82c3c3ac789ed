/**
 * The library's messages name its options in backticks: `force`. On the command line the same options are flags.
 * @module
 */
import type { OptionName } from '../arguments/options.js';

const FLAGS: Readonly<Record<string, OptionName>> = {
  checksum: 'checksum',
  force: 'force',
  generator: 'generator',
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
};

/** Pass `takeOver` -> Pass --take-over */
export const nameFlags = (message: string): string =>
  message.replace(/`(\w+)`/g, (quoted, option: string) =>
    Object.hasOwn(FLAGS, option) ? `--${FLAGS[option]}` : quoted,
  );
