/**
 * Fills of memory that nothing has touched yet, and the price of the memory itself.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import type { Answer, Table } from '../../measure/answer.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { collectGarbage } from '../../measure/garbage.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { allocateOwn, SEED, truncatedNormal, wage, type OwnTensor } from '../../contestants/subjects.js';

const LARGEST = 2 ** 26;

/** More than the engine fills on the calling thread. */
const WARM_UP_ELEMENTS = 2 ** 20;

export async function answer(scale: Scale): Promise<Answer> {
  const small = shrink(scale, LARGEST);
  const tables = [await timeTensors(small, true), await timeTensors(small, false)];
  return {
    tables,
    notes: [
      'Fresh: each run, whose bytes are checked, gets a new tensor, whose pages the system makes real, and clears, as they are first written; the fill it is measured by gets one too. Allocating is outside the time: it only reserves.',
      'The page size matters more than the kernel: where the system gives huge pages, first touch is several times cheaper.',
    ],
  };
}

async function timeTensors(scale: Scale, isFresh: boolean): Promise<Table> {
  await using bench = new Workbench(scale, isFresh);
  await bench.prepare();
  const onBench = (make: (tools: Tools) => Contestant): Contestant => {
    const { label, role, threads, elementCount } = make(bench.tools);
    return {
      ...{ label, role, threads, elementCount },
      prepare: () => bench.prepare(),
      proof: {
        spoil: () => {
          // A fresh tensor must stay untouched.
          if (!isFresh) make(bench.tools).proof?.spoil();
        },
        check: () => undefined,
      },
      run: async () => {
        const { run, proof } = make(bench.tools);
        const elapsedMs = await run();
        // Every time, since each tensor is a new one. Not timed.
        proof?.check(label);
        return elapsedMs;
      },
    };
  };
  const ceiling = onBench(({ crew, tensor }) => memoryFill(crew, tensor, scale.threads));
  const runs = [wage, truncatedNormal].map((subject) =>
    onBench(({ engine, tensor }) => engineRun(engine, tensor, subject)),
  );
  const rows = await runContest(measureBy(ceiling, runs), scale);
  return { kind: 'throughput', title: isFresh ? 'Fresh tensors' : 'The same, warm', rows };
}

interface Tools {
  readonly crew: Crew;
  readonly engine: Engine;
  readonly tensor: OwnTensor;
}

/**
 * A tensor and the threads that fill it. For fresh tensors all of it is new for each run, the threads warmed up on another
 * tensor: a thread that has seen a tensor may hold its memory for as long as it lives, and soon there would be no more.
 */
class Workbench {
  #tools: Tools | undefined;

  constructor(
    readonly scale: Scale,
    readonly isFresh: boolean,
  ) {}

  get tools(): Tools {
    if (this.#tools === undefined) throw new Error('The bench was not prepared');
    return this.#tools;
  }

  async prepare(): Promise<void> {
    if (this.#tools !== undefined && !this.isFresh) return;
    await this[Symbol.asyncDispose]();
    this.#tools = await openTools(this.scale);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tools = this.#tools;
    this.#tools = undefined;
    await tools?.engine.close();
    await tools?.crew[Symbol.asyncDispose]();
    collectGarbage();
  }
}

async function openTools({ threads, elements }: Scale): Promise<Tools> {
  const crew = await Crew.start(threads);
  const engine = new Engine({ threads, seed: SEED });
  const other = allocateOwn(WARM_UP_ELEMENTS);
  await memoryFill(crew, other, threads).run();
  for (const subject of [wage, truncatedNormal]) await engineRun(engine, other, subject).run();
  return { crew, engine, tensor: allocateOwn(elements) };
}
