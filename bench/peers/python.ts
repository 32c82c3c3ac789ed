/**
 * Peers in Python: one process that runs a peer on request, so that they take turns with the other contestants.
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathInBench } from '../measure/folders.js';
import type { LeftOut } from '../measure/answer.js';
import type { Contestant } from '../measure/contest.js';
import { PEER_WORK } from './javascript.js';

const SCRIPT = pathInBench('peers/peers.py');

/** The script's first line. */
interface Roll {
  readonly peers: readonly { readonly name: string; readonly draws: string; readonly threads: number }[];
  readonly leftOut: readonly LeftOut[];
}

/** Thread pools of other libraries go on spinning for a while, and the next contestant must not pay for it. */
const SETTLE_MS = 20;

type Run = { readonly ms: number } | { readonly error: string };

type Process = ChildProcessByStdio<Writable, Readable, null>;

export class PythonPeers {
  private constructor(
    readonly roll: Roll,
    readonly elementCount: number,
    readonly process?: Process,
    readonly lines?: AsyncIterator<string>,
  ) {}

  /** Without python3 all its peers are left out, with the reason. */
  static async start(elementCount: number, threads: number): Promise<PythonPeers> {
    const work = JSON.stringify({ elementCount, threads, ...PEER_WORK });
    const child = spawn(process.env['PYTHON'] ?? 'python3', [SCRIPT, work], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // A process that has ended closes its output as well, which is handled below.
    child.stdin.on('error', () => undefined);
    const failure = new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
    });
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failure]);
    if (typeof first === 'string' || first.done) {
      const why = typeof first === 'string' ? first : 'python3 ended before it listed its peers';
      return new PythonPeers({ peers: [], leftOut: [{ what: 'all peers in Python', why }] }, elementCount);
    }
    return new PythonPeers(JSON.parse(first.value) as Roll, elementCount, child, lines);
  }

  get leftOut(): readonly LeftOut[] {
    return this.roll.leftOut;
  }

  contestants(draws: string): Contestant[] {
    return this.roll.peers
      .filter((peer) => peer.draws === draws)
      .map(({ name, threads }) => ({
        label: name,
        role: 'peer',
        threads,
        elementCount: this.elementCount,
        run: () => this.#run(name),
      }));
  }

  async #run(name: string): Promise<number> {
    this.process?.stdin.write(`${name}\n`);
    const line = await this.lines?.next();
    if (line === undefined || line.done) throw new Error(`${name}: python3 has ended`);
    const run = JSON.parse(line.value) as Run;
    if ('error' in run) throw new Error(`${name}: ${run.error}`);
    await sleep(SETTLE_MS);
    return run.ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.process;
    if (child?.exitCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.stdin.end();
    });
  }
}
