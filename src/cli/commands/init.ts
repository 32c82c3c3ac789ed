/**
 * `jumpfill init`
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JumpfillError } from '../../base/errors.js';
import { Engine } from '../../api/engine.js';
import type { CheckpointPlan } from '../../storage/write/plan-checkpoint.js';
import type { WriteReport } from '../../storage/write/write-checkpoint.js';
import { errorCode, writeError } from '../../storage/files/io-errors.js';
import { workFolderOf } from '../../storage/lock/work-names.js';
import type { InitCommand } from '../arguments/command.js';
import { usageError } from '../arguments/argv.js';
import { STDOUT } from '../arguments/commands.js';
import { warnOfName } from '../arguments/output-name.js';
import { InterruptedError } from './interrupted.js';
import { withFolderOf } from './output-folder.js';
import { readSource, refuseOwnSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printNote, printReport, printWarnings } from '../output/print-report.js';
import { isTerminal, roomOf, styleFor } from '../../text/colours.js';
import { formatSummary, formatTable } from '../output/model-tables.js';
import { formatSource } from '../../domain/streams/seed.js';
import { formatLike, formatSize } from '../output/run-figures.js';

/** A run of the command, to files or to standard output. */
interface InitRun {
  readonly engine: Engine;
  readonly spec: unknown;
  readonly command: InitCommand;
  readonly signal: AbortSignal;
  readonly bar: ProgressBar | undefined;
}

export async function runInit(command: InitCommand, signal: AbortSignal): Promise<void> {
  const spec = await readSource(command);
  await using engine = new Engine(command.threads === undefined ? {} : { threads: command.threads });
  const bar = command.output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  const run = { engine, spec, command, signal, bar };
  try {
    if (command.out === STDOUT) await streamTo(process.stdout, run);
    else await withFolderOf(command.out, () => writeFiles(run));
  } finally {
    bar?.clear();
  }
}

async function writeFiles({ engine, spec, command, signal, bar }: InitRun): Promise<void> {
  await refuseOwnSpec(command, command.out);
  printWarnings(warnOfName(command.out));
  const { out, force, resume, part, recordIntervalMs, checksum, waitForLock, takeOver } = command;
  const { seed, generator, shardSize, like, init, withConfig } = command;
  let isWaiting = false;
  const report = await engine
    .writeCheckpoint(spec, {
      ...{ out, force, resume, part, recordIntervalMs, checksum, waitForLock, takeOver },
      ...{ seed, generator, shardSize, like, init, withConfig, signal },
      onHeaders: bar?.showHeaders.bind(bar),
      onProgress: (progress) => {
        isWaiting = false;
        bar?.show(progress);
      },
      onWait: (locked) => {
        isWaiting = true;
        if (command.output === 'table') printNote(`waiting: ${locked.found}`);
      },
    })
    .catch((error: unknown) => {
      throw signal.aborted ? explainInterruption(error, command, isWaiting) : error;
    });
  bar?.clear();
  printWarnings(report.warnings);
  printReport(report, () => formatReport(report), command.output);
}

/** An interrupted run says what it leaves behind, and how to continue. */
function explainInterruption(error: unknown, { out, part }: InitCommand, isWaiting: boolean): unknown {
  if (error instanceof JumpfillError && error.code === 'LOCK_LOST')
    return new InterruptedError(error.message, { cause: error });
  if (isWaiting) return new InterruptedError('it was still waiting, and changed nothing', { cause: error });
  const folder = workFolderOf(resolve(out), part);
  if (!existsSync(folder)) return error;
  return new InterruptedError(`finished work is kept in ${folder}; pass --resume to continue`, {
    cause: error,
  });
}

const formatReport = (report: WriteReport): string =>
  `${formatTable(report.tensors, roomOf(process.stdout), styleFor(process.stdout))}\n\n${formatSummary(report)}`;

/** The report goes to standard error. */
async function streamTo(
  stream: NodeJS.WriteStream,
  { engine, spec, command, signal, bar }: InitRun,
): Promise<void> {
  // Each write reports its own error; without a listener the event would end the process.
  stream.on('error', () => undefined);
  if (isTerminal(stream)) {
    throw usageError(
      'init: --out - would write the bytes of a model to the terminal.',
      'Redirect them: jumpfill init SPEC.json --out - | ...',
    );
  }
  const { seed, generator, like, init } = command;
  const contents = { seed, generator, init, signal, onHeaders: bar?.showHeaders.bind(bar) };
  const plan = await engine.planCheckpoint(spec, { ...contents, like, shardSize: Number.MAX_SAFE_INTEGER });
  bar?.clear();
  printWarnings(plan.warnings);
  // Planned and drawn at one commit: somebody may push a new one in between.
  const pinned = plan.like?.startsWith('hf:') === true ? plan.like : like;
  const onProgress = bar?.show.bind(bar);
  const pieces = engine.streamCheckpoint(spec, { ...contents, like: pinned, onProgress });
  try {
    for await (const piece of pieces) await write(stream, piece);
  } catch (cause) {
    if (errorCode(cause) !== 'EPIPE') throw writeError('Standard output', cause);
    const found = `Standard output was closed before all ${plan.byteLength} bytes were written.`;
    throw new JumpfillError('IO_FAILED', found, 'Its reader must read to the end.', { cause });
  }
  bar?.clear();
  printStreamed(plan, command.output);
}

/** Standard output has the bytes. */
function printStreamed(plan: CheckpointPlan, output: InitCommand['output']): void {
  const { generator, seed, elementCount, byteLength, tensors, like, warnings } = plan;
  const table = (): string => formatTable(tensors, roomOf(process.stderr), styleFor(process.stderr));
  const format = (): string =>
    `${table()}\n\n${[...formatSize(plan), ...formatSource(plan), ...formatLike(plan.like)].join(', ')}`;
  const report = { generator, seed, elementCount, byteLength, tensors, like, warnings };
  printReport(report, format, output, process.stderr);
}

/** Resolves once the reader has taken the bytes, or there is room for them: nothing piles up. */
async function write(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
