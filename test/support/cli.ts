/** The command line: called in this process, which takes hundredths of a second, or as a process of its own. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runCommandLine } from '#built/cli/main.js';

export const CLI = 'dist/src/cli.js';

export interface CliRun {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Runs it as a process: for exit codes as the system sees them, signals, flags of Node and locks between processes. */
export async function spawnCli(
  parameters: readonly string[],
  environment: Environment = {},
): Promise<CliRun> {
  return await new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [CLI, ...parameters], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

let last: Promise<unknown> = Promise.resolve();

/** Runs it in this process, one run at a time. */
export async function runCli(
  parameters: readonly string[],
  environment: Environment = {},
  folder = '.',
): Promise<CliRun> {
  const run = last.then(() => runHere(parameters, environment, folder));
  last = run.catch(() => undefined);
  return await run;
}

async function runHere(
  parameters: readonly string[],
  environment: Environment,
  folder: string,
): Promise<CliRun> {
  const home = process.cwd();
  const { argv, env, exitCode } = process;
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  const forget = rememberListeners();
  try {
    process.argv = [process.execPath, join(home, CLI), ...parameters];
    process.env = { ...env, ...environment };
    process.exitCode = undefined;
    process.chdir(folder);
    await runCommandLine();
    return { code: readExitCode(), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(home);
    stdout.restore();
    stderr.restore();
    forget();
    process.argv = argv;
    process.env = env;
    process.exitCode = exitCode;
  }
}

const readExitCode = (): number | string => process.exitCode ?? 0;

interface Capture {
  text: () => string;
  restore: () => void;
}

function capture(stream: NodeJS.WriteStream): Capture {
  const chunks: Buffer[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk: Uint8Array | string, ...rest) => {
    chunks.push(Buffer.from(chunk as string));
    const written: unknown = rest.at(-1);
    if (typeof written === 'function') process.nextTick(written);
    return true;
  });
  return {
    text: () => Buffer.concat(chunks).toString(),
    restore: () => {
      spy.mockRestore();
    },
  };
}

/** @returns a function that removes the listeners added since: a process would take them with it when it ends */
function rememberListeners(): () => void {
  const watched = [
    ...['SIGHUP', 'SIGINT', 'SIGTERM'].map((event) => ({ emitter: process as NodeJS.EventEmitter, event })),
    ...[process.stdout, process.stderr].map((emitter: NodeJS.EventEmitter) => ({ emitter, event: 'error' })),
  ].map(({ emitter, event }) => ({ emitter, event, before: emitter.listeners(event) }));
  return () => {
    for (const { emitter, event, before } of watched)
      for (const listener of emitter.listeners(event))
        if (!before.includes(listener)) emitter.removeListener(event, listener as () => void);
  };
}

export function writeSpec(folder: string, spec: unknown): string {
  const path = join(folder, 'spec.json');
  writeFileSync(path, typeof spec === 'string' ? spec : JSON.stringify(spec));
  return path;
}

const TERMINAL = { isTTY: true, columns: 80 };

/** Runs an action while a stream is a terminal, as far as it says. */
export async function asTerminal(stream: NodeJS.WriteStream, action: () => Promise<void>): Promise<void> {
  const properties = Object.entries(TERMINAL);
  const before = properties.map(([name]) => [name, Object.getOwnPropertyDescriptor(stream, name)] as const);
  for (const [name, value] of properties) Object.defineProperty(stream, name, { value, configurable: true });
  try {
    await action();
  } finally {
    for (const [name, property] of before) {
      if (property === undefined) Reflect.deleteProperty(stream, name);
      else Object.defineProperty(stream, name, property);
    }
  }
}
