/**
 * The options of writeCheckpoint, and their checks.
 * @module
 */
import { resolve } from 'node:path';
import { ValueError, type JumpfillError } from '../../base/errors.js';
import { checkBoolean } from '../../base/option-checks.js';
import { checkKeys, show } from '../../base/wording.js';
import { readPart, type Part } from '../../domain/partition/part.js';
import type { Environment } from '../../domain/partition/job-array.js';
import { checkRunOptions, type RunOptions } from '../../engine/jobs/coordinator.js';
import { requireLike } from './load-companions.js';
import { checkOut } from './output-checks.js';
import { CONTENTS_KEYS, type ContentsOptions } from './resolve-model.js';
import type { WriteOptions } from './run-state.js';

export interface WriteCheckpointOptions extends RunOptions, ContentsOptions {
  /** Path of the safetensors file; the names of several shards are made from it. */
  readonly out: string;
  /** Replace files that exist. @defaultValue false */
  readonly force?: boolean | undefined;
  /** Continue what a killed run left, if there is anything. @defaultValue false */
  readonly resume?: boolean | undefined;
  /**
   * While another process owns the output, try again every second: true waits for as long as it takes, a number for at most that many
   * milliseconds.
   * @defaultValue false: refuse at once
   */
  readonly waitForLock?: boolean | number | undefined;
  /** Called once, when waiting begins, with the OUTPUT_LOCKED that ends the wait if nothing changes. */
  readonly onWait?: ((locked: JumpfillError) => void) | undefined;
  /**
   * Take the output from the process that owns it, even if that still runs: for callers that know that no other process should write it, such as a
   * queue that gives each task to one worker. If the other process has left work, `resume` is needed as well. If it only slept, it ends with
   * LOCK_LOST and changes nothing. @defaultValue false
   */
  readonly takeOver?: boolean | undefined;
  /** Write only the shards of one part, and no index (see mergeCheckpoint). Text is as in `--part`: see parsePart. */
  readonly part?: Part | string | undefined;
  /** The interval at which the run records finished work, so that another can resume it. @defaultValue 5000 */
  readonly recordIntervalMs?: number | undefined;
  /** Read the finished files again, and report their SHA-256. @defaultValue false */
  readonly checksum?: boolean | undefined;
  /**
   * Copy the small files beside the checkpoint of `like`, such as config.json and the tokenizer, so that transformers and vLLM open the
   * output's folder. A file that is there with other bytes is refused without `force`. @defaultValue false
   */
  readonly withConfig?: boolean | undefined;
}

const OPTION_KEYS = [
  ...CONTENTS_KEYS,
  'out',
  'force',
  'resume',
  'waitForLock',
  'onWait',
  'takeOver',
  'part',
  'recordIntervalMs',
  'checksum',
  'withConfig',
  'signal',
  'onProgress',
] as const;

const WHERE = 'writeCheckpoint';

const RECORD_INTERVAL_MS = 5000;

/** 2^31 ms, 24 days, is more than a timer can wait. */
const MAX_INTERVAL_MS = 2 ** 31;

/**
 * Checks the options, and completes them with their defaults.
 * @param environment  see parsePart
 * @throws {ValueError} BAD_OPTION
 */
export function parseWriteOptions(
  options: WriteCheckpointOptions,
  environment: Environment,
): Omit<WriteOptions, 'examine' | 'companions'> {
  checkWriteOptions(options);
  const { part, force = false, resume = false, takeOver = false, waitForLock = false, onWait } = options;
  const { recordIntervalMs = RECORD_INTERVAL_MS } = options;
  return {
    path: resolve(options.out),
    part: part === undefined ? undefined : readPart(part, `${WHERE}: part`, environment),
    ...{ force, resume, takeOver, waitMs: toWaitMs(waitForLock), onWait, recordIntervalMs },
  };
}

function checkWriteOptions(options: WriteCheckpointOptions): void {
  checkKeys(options, OPTION_KEYS, WHERE, 'BAD_OPTION');
  checkOut(options.out, WHERE);
  checkRunOptions(options, WHERE);
  for (const key of ['force', 'resume', 'checksum', 'takeOver', 'withConfig'] as const) {
    if (options[key] !== undefined) checkBoolean(options[key], `${WHERE}: ${key}`);
  }
  requireLike(WHERE, options.withConfig, options.like);
  checkWaiting(options);
  const { recordIntervalMs } = options;
  if (recordIntervalMs === undefined || isInterval(recordIntervalMs)) return;
  throw badOption(`recordIntervalMs is ${show(recordIntervalMs)}.`, 'Pass milliseconds from 0 to 2^31 - 1.');
}

const badOption = (found: string, remedy: string): ValueError =>
  new ValueError('BAD_OPTION', `${WHERE}: ${found}`, remedy);

const isInterval = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value < MAX_INTERVAL_MS;

function checkWaiting({ waitForLock, takeOver, onWait }: WriteCheckpointOptions): void {
  if (!isWait(waitForLock)) {
    throw badOption(`waitForLock is ${show(waitForLock)}.`, 'Pass true, or milliseconds from 0.');
  }
  if (takeOver && waitForLock !== undefined && waitForLock !== false) {
    throw badOption(
      'both waitForLock and takeOver are given.',
      'Wait for the owner, or take over: omit one.',
    );
  }
  if (onWait !== undefined && typeof onWait !== 'function') {
    throw badOption(`onWait is ${show(onWait)}.`, 'Pass a function.');
  }
}

const isWait = (value: unknown): boolean =>
  value === undefined || typeof value === 'boolean' || (typeof value === 'number' && value >= 0);

const toWaitMs = (waitForLock: boolean | number): number =>
  typeof waitForLock === 'number' ? waitForLock : waitForLock ? Infinity : 0;
