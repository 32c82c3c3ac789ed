/**
 * `jumpfill init`: one spec, one library call, one report.
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JumpfillError, isBadInput } from '../../base/errors.js';
import { escapeControls } from '../../text/printable.js';
import { Engine } from '../../api/engine.js';
import type { WriteReport } from '../../storage/write/model.js';
import { errorCode, writeError } from '../../storage/files/io-errors.js';
import { workFolderOf } from '../../storage/lock/work-folder.js';
import type { InitCommand } from '../arguments/parse-command.js';
import { usageError } from '../arguments/argv.js';
import { STDOUT } from '../arguments/commands.js';
import { InterruptedError } from './interrupted.js';
import { readSource, refuseOwnSpec } from './model-source.js';
import { warnOfName } from '../arguments/output-name.js';
import { ProgressBar } from '../output/progress-bar.js';
import { printReport, printWarnings } from '../output/print-report.js';
import { isTerminal, roomOf, styleFor } from '../../text/colours.js';
import { formatSummary, formatTable, groupDigits } from '../output/model-tables.js';

export async function runInit(command: InitCommand, signal: AbortSignal): Promise<void> {
  const spec = await readSource(command);
  await using engine = new Engine(command.threads === undefined ? {} : { threads: command.threads });
  const bar = command.output === 'table' ? ProgressBar.on(process.stderr) : undefined;
  try {
    if (command.out === STDOUT) await streamTo(process.stdout, engine, spec, command, signal, bar);
    else await writeFiles(engine, spec, command, signal, bar);
  } finally {
    bar?.clear();
  }
}

async function writeFiles(
  engine: Engine,
  spec: unknown,
  command: InitCommand,
  signal: AbortSignal,
  bar: ProgressBar | undefined,
): Promise<void> {
  await refuseOwnSpec(command, command.out);
  printWarnings(warnOfName(command.out));
  const { out, force, resume, part, recordIntervalMs, checksum, seed, shardSize, like } = command;
  const { waitForLock, takeOver } = command;
  const contents = { seed, shardSize, like };
  const run = { signal };
  let isWaiting = false;
  const report = await engine
    .writeCheckpoint(spec, {
      ...{ out, force, resume, part, recordIntervalMs, checksum, waitForLock, takeOver },
      ...contents,
      ...run,
      onProgress: (progress) => {
        isWaiting = false;
        bar?.draw(progress);
      },
      onWait: (locked) => {
        isWaiting = true;
        if (command.output === 'table')
          process.stderr.write(`jumpfill: waiting: ${escapeControls(locked.found)}\n`);
      },
    })
    .catch((error: unknown) => {
      throw signal.aborted ? tellKept(error, command, isWaiting) : error;
    });
  bar?.clear();
  printWarnings(report.warnings);
  printReport(report, () => formatReport(report), command.output);
}

/** An interrupted run says what it has left, and how to go on. */
function tellKept(error: unknown, { out, part }: InitCommand, isWaiting: boolean): unknown {
  if (error instanceof JumpfillError && error.code === 'LOCK_LOST')
    return new InterruptedError(error.message, { cause: error });
  if (isWaiting) return new InterruptedError('it was waiting, and has changed nothing', { cause: error });
  const folder = workFolderOf(resolve(out), part);
  if (!existsSync(folder)) return error;
  return new InterruptedError(`what is done is kept in ${folder}; pass --resume to go on`, { cause: error });
}

const formatReport = (report: WriteReport): string =>
  `${formatTable(report.tensors, roomOf(process.stdout), styleFor(process.stdout))}\n\n${formatSummary(report)}`;

/** @throws {ValueError} BAD_OPTION: a terminal */
async function streamTo(
  stream: NodeJS.WriteStream,
  engine: Engine,
  spec: unknown,
  command: InitCommand,
  signal: AbortSignal,
  bar: ProgressBar | undefined,
): Promise<void> {
  // Told by each write; without a listener it would end the process.
  stream.on('error', () => undefined);
  if (isTerminal(stream)) {
    throw usageError(
      'init: --out - would write the bytes of a model to the terminal.',
      'Send it somewhere: jumpfill init SPEC.json --out - | ...',
    );
  }
  const { seed, like } = command;
  const plan = await engine.planCheckpoint(spec, { seed, like, shardSize: Number.MAX_SAFE_INTEGER });
  printWarnings(plan.warnings);
  const bytes = engine.streamCheckpoint(spec, { seed, like, signal, onProgress: bar?.draw.bind(bar) });
  try {
    for await (const piece of bytes) await write(stream, piece);
  } catch (cause) {
    if (signal.aborted || isBadInput(cause)) throw cause;
    if (errorCode(cause) !== 'EPIPE') throw writeError('Standard output', cause);
    const found = `Standard output was closed before all of the ${plan.byteLength} bytes were written.`;
    throw new JumpfillError('IO_FAILED', found, 'Whoever reads it must read it to the end.', { cause });
  }
  bar?.clear();
  const { byteLength, elementCount, seed: drawn, tensors, warnings } = plan;
  const report = { seed: drawn, elementCount, byteLength, tensors, warnings };
  const format = (): string =>
    `${formatTable(tensors, roomOf(process.stderr), styleFor(process.stderr))}\n\n${groupDigits(elementCount)} elements, ${groupDigits(byteLength)} bytes, seed ${drawn}`;
  printReport(report, format, command.output, process.stderr);
}

/** Resolves when the reader has taken it, or there is room for it: nothing piles up. */
async function write(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
