/**
 * The command line as processes that are broken off: at a call of theirs (signal-at.mjs) or at any moment. For Linux: whether a process
 * is stopped is read from /proc.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from './fault.mjs';

const PRELOAD = new URL('./signal-at.mjs', import.meta.url).href;

/** A run takes a fraction of a second; after this time it counts as stuck, even on the busiest machine. */
const LIMIT_MS = 180_000;
const POLL_MS = 3;

/** Every run since the trace was emptied: its command, where it was broken off, and how it ended. */
export const trace = [];

const living = new Set();
process.on('exit', () => {
  for (const run of living) run.send('SIGKILL');
});

/** Ends all runs that a case has left running or stopped. */
export async function endAll() {
  const runs = [...living];
  for (const run of runs) run.send('SIGKILL');
  await Promise.all(runs.map(({ ended }) => ended));
}

export class Run {
  #child;
  #stderr = '';
  /** `{ code, signal, stderr }` once it has ended. */
  outcome;
  /** Resolves to the outcome. */
  ended;

  /**
   * @param cli         the program
   * @param parameters  its parameters
   * @param breaks      `{ signal, points, log }`: see signal-at.mjs; none if undefined
   */
  constructor(cli, parameters, breaks) {
    this.breaks = breaks;
    const preload = breaks === undefined ? [] : ['--import', PRELOAD];
    this.command = parameters.join(' ');
    trace.push(this);
    this.#child = spawn(process.execPath, [...preload, cli, ...parameters], {
      env: { ...process.env, ...environmentOf(breaks) },
      stdio: ['ignore', 'ignore', 'pipe'],
      // In its own process group: an interrupted campaign finishes its case first.
      detached: true,
    });
    living.add(this);
    this.#child.stderr.on('data', (text) => (this.#stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        living.delete(this);
        this.outcome = { code, signal, stderr: this.#stderr };
        resolve(this.outcome);
      });
    });
  }

  get pid() {
    return this.#child.pid;
  }

  send(signal) {
    if (this.outcome === undefined) this.#child.kill(signal);
  }

  /** All threads are stopped. */
  get isStopped() {
    return this.outcome === undefined && statesOf(this.pid).every((state) => state === 'T');
  }

  /** Waits until it has stopped or ended. @throws {Fault} it does neither */
  async halted() {
    await this.#poll(() => this.isStopped);
    return this.outcome;
  }

  /** Continues it, however often it stops, until it has ended. @throws {Fault} it does not end */
  async finished() {
    await this.#poll(() => {
      if (this.isStopped) this.send('SIGCONT');
      return false;
    });
    return this.outcome;
  }

  async #poll(isEnough) {
    const endsAt = performance.now() + LIMIT_MS;
    while (this.outcome === undefined && !isEnough()) {
      if (performance.now() > endsAt) {
        this.send('SIGKILL');
        await this.ended;
        throw new Fault('stuck', `no end after ${LIMIT_MS / 1000} s: ${this.command}\n${this.#stderr}`);
      }
      await Promise.race([this.ended, sleep(POLL_MS)]);
    }
  }
}

/** The trace as text, one run per line. */
export const formatTrace = () =>
  trace
    .map(({ command, breaks, outcome }) => `${JSON.stringify({ command, ...breaks, ...outcome })}\n`)
    .join('');

const environmentOf = (breaks) =>
  breaks && {
    TORTURE_SIGNAL: breaks.signal ?? 'SIGKILL',
    TORTURE_POINTS: (breaks.points ?? []).join(', '),
    ...(breaks.log && { TORTURE_LOG: breaks.log }),
  };

/** The state letter of each thread: the third field of its `stat`, after a name in parentheses. */
function statesOf(pid) {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const stats = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1'));
    return stats.map((stat) => stat.charAt(stat.lastIndexOf(')') + 2));
  } catch {
    // It is ending.
    return ['X'];
  }
}

const CODE = /\[([A-Z_]+)\]\s*$/;
const EXITS = [0, 1, 2, 75];
const RAW = /^\s+at .+|\b(?:Type|Range|Syntax|Reference|Assertion)Error\b|node:internal/m;

/** The code of the error that a run ended with; undefined after exit 0. @throws {Fault} an error that is not the product's */
export function codeOf({ command, outcome: { code, signal, stderr } }) {
  const errorCode = CODE.exec(stderr)?.[1];
  const isReported = code === 0 || (stderr.startsWith('jumpfill: ') && errorCode !== undefined);
  if (signal !== null || !EXITS.includes(code) || !isReported || RAW.test(stderr)) {
    throw new Fault('raw error', `${command}\nended with ${signal ?? code}:\n${stderr}`);
  }
  return code === 0 ? undefined : errorCode;
}

/** @throws {Fault} the run failed, though nothing stood in its way */
export function mustSucceed(run, why) {
  const code = codeOf(run);
  if (code === undefined) return;
  throw new Fault('stuck', `${why}: ${run.command}\n${run.outcome.stderr}`);
}
