/**
 * `jumpfill init`
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JumpfillError, isBadInput } from '../../base/errors.js';
import { Engine } from '../../api/engine.js';
import type { WriteReport } from '../../storage/write/write-checkpoint.js';
import { errorCode, writeError } from '../../storage/files/io-errors.js';
import { workFolderOf } from '../../storage/lock/work-names.js';
import type { InitCommand } from '../arguments/command.js';
import { usageError } from '../arguments/argv.js';
import { STDOUT } from '../arguments/commands.js';
import { warnOfName } from '../arguments/output-name.js';
import { InterruptedError } from './interrupted.js';
import { readSource, refuseOwnSpec } from './model-source.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printNote, printReport, printWarnings } from '../output/print-report.js';
import { isTerminal, roomOf, styleFor } from '../../text/colours.js';
import { formatSummary, formatTable } from '../output/model-tables.js';
import { formatSource } from '../../domain/streams/seed.js';
import { formatSize } from '../output/run-figures.js';

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
    else await writeFiles(run);
  } finally {
    bar?.clear();
  }
}

async function writeFiles({ engine, spec, command, signal, bar }: InitRun): Promise<void> {
  await refuseOwnSpec(command, command.out);
  printWarnings(warnOfName(command.out));
  const { out, force, resume, part, recordIntervalMs, checksum, waitForLock, takeOver } = command;
  const { seed, generator, shardSize, like } = command;
  let isWaiting = false;
  const report = await engine
    .writeCheckpoint(spec, {
      ...{ out, force, resume, part, recordIntervalMs, checksum, waitForLock, takeOver },
      ...{ seed, generator, shardSize, like, signal },
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
  const { seed, generator, like } = command;
  const contents = { seed, generator, like };
  const plan = await engine.planCheckpoint(spec, { ...contents, shardSize: Number.MAX_SAFE_INTEGER });
  printWarnings(plan.warnings);
  const pieces = engine.streamCheckpoint(spec, { ...contents, signal, onProgress: bar?.show.bind(bar) });
  try {
    for await (const piece of pieces) await write(stream, piece);
  } catch (cause) {
    if (signal.aborted || isBadInput(cause)) throw cause;
    if (errorCode(cause) !== 'EPIPE') throw writeError('Standard output', cause);
    const found = `Standard output was closed before all ${plan.byteLength} bytes were written.`;
    throw new JumpfillError('IO_FAILED', found, 'Its reader must read to the end.', { cause });
  }
  bar?.clear();
  const { byteLength, elementCount, tensors, warnings } = plan;
  const format = (): string =>
    `${formatTable(tensors, roomOf(process.stderr), styleFor(process.stderr))}\n\n${[...formatSize(plan), ...formatSource(plan)].join(', ')}`;
  const report = { generator: plan.generator, seed: plan.seed, elementCount, byteLength, tensors, warnings };
  printReport(report, format, command.output, process.stderr);
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
