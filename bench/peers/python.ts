/**
 * Peers in Python: a process for each library and number of threads, which draws on request, so that all take turns.
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathInBench } from '../measure/folders.js';
import { ENVIRONMENT_PYTHON } from './install.js';
import { PEER_WORK, type PeerWork } from './works.js';

/** Libraries by their names; the module that draws with one is python/with_NAME.py. */
export const LIBRARIES = { torch: 'torch', JAX: 'jax', TensorFlow: 'tensorflow', NumPy: 'numpy' } as const;

export type LibraryName = keyof typeof LIBRARIES;

export const LIBRARY_NAMES = Object.keys(LIBRARIES) as readonly LibraryName[];

/** PYTHON, else that of the environment which --install makes. */
export const pythonPath = (): string =>
  process.env['PYTHON'] ?? (existsSync(ENVIRONMENT_PYTHON) ? ENVIRONMENT_PYTHON : 'python3');

/** Threads by each library's own variables; they are read when it is loaded. Without a number it takes its default. */
export const pythonEnvironment = (threads?: number): NodeJS.ProcessEnv => ({
  ...process.env,
  ...(threads !== undefined && {
    // OpenMP's are torch's as well.
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    // JAX has no setting; its runtime reads this one for the size of its pool (xla/pjrt/utils.cc).
    NPROC: String(threads),
  }),
  TF_CPP_MIN_LOG_LEVEL: '3',
  JAX_PLATFORMS: 'cpu',
  CUDA_VISIBLE_DEVICES: '',
});

/** Thread pools of other libraries go on spinning for a while, and the next contestant must not pay for it. */
const SETTLE_MS = 20;

type Run = { readonly ms: number } | { readonly error: string };

type Process = ChildProcessByStdio<Writable, Readable, null>;

/** What a process of a library is asked, beside the works of all peers. */
export type AskedWork = Omit<PeerWork, 'kind'> & { readonly kind: string };

export class PythonLibrary {
  private constructor(
    readonly name: LibraryName,
    readonly version: string,
    readonly threads: number,
    readonly process: Process,
    readonly lines: AsyncIterator<string>,
  ) {}

  /** @returns  or why there is none */
  static async start(name: LibraryName, threads: number): Promise<PythonLibrary | { readonly why: string }> {
    const parameters = [pathInBench('peers/python/serve.py'), LIBRARIES[name], String(threads)];
    const child = spawn(pythonPath(), parameters, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: pythonEnvironment(threads),
    });
    // A process that has ended closes its output as well, which is handled below.
    child.stdin.on('error', () => undefined);
    const failure = new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failure]);
    if (typeof first === 'string') return { why: first };
    if (first.done) return { why: 'python3 ended without a word' };
    const roll = JSON.parse(first.value) as { version: string } | { error: string };
    if ('error' in roll) return { why: `python3 cannot load it: ${roll.error}` };
    return new PythonLibrary(name, roll.version, threads, child, lines);
  }

  /** @returns  milliseconds @throws it fails, or what it drew is not of the distribution */
  async run(work: AskedWork): Promise<number> {
    this.process.stdin.write(`${JSON.stringify({ ...PEER_WORK, ...work })}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`${this.name}: python3 has ended`);
    const run = JSON.parse(line.value) as Run;
    if ('error' in run) throw new Error(run.error);
    await sleep(SETTLE_MS);
    return run.ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.process;
    if (child.exitCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.stdin.end();
    });
  }
}
