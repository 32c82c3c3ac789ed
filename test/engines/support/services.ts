/** Services that a test starts on loopback, and programs that it calls. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** Between two looks at what an engine does: each look is a process. */
const POLL_MS = 200;

export async function untilTrue(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(POLL_MS);
}

/** A port that was free a moment ago. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns what the program printed; rejects if it fails */
export async function call(
  program: string,
  parameters: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Environment } = {},
): Promise<string> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(program, parameters, options);
  return stdout.trim();
}

/** What ends a program with the process that started it, even if that one is killed; nothing where it cannot be had. */
const LEASH = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;
const leash = spawnSync(LEASH[0], [...LEASH.slice(1), 'true']).status === 0 ? LEASH : [];

/** A program that runs until it is stopped. What it prints goes to a file. */
export class Service {
  readonly #child: ChildProcess;

  constructor(
    program: string,
    parameters: readonly string[],
    readonly log: string,
    env: Environment = {},
    cwd?: string,
  ) {
    const output = openSync(log, 'a');
    const [first = program, ...others] = [...leash, program, ...parameters];
    this.#child = spawn(first, others, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  readLog(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** Waits for it to be of use. @throws what it printed, if it ends before */
  async ready(condition: () => Promise<boolean>): Promise<void> {
    await untilTrue(async () => {
      if (!this.isRunning) throw new Error(`${this.log} ended:\n${this.readLog()}`);
      return await condition().catch(() => false);
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
