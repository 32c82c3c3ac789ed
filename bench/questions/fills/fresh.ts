/**
 * Fills of memory that nothing has touched yet, and the price of the memory itself.
 * @module
 */
import { readFileSync } from 'node:fs';
import { Engine } from '#built/api/engine.js';
import type { Answer, GridTable, Table } from '../../measure/answer.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { collectGarbage } from '../../measure/garbage.js';
import { runProbe } from '../../measure/run-probe.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { quantile } from '../../measure/statistics.js';
import type { FirstJob, MemoryKind, Toucher } from '../../probes/first-job.js';
import { allocateOwn, SEED, truncatedNormal, wage, type OwnTensor } from '../../contestants/subjects.js';

const LARGEST = 2 ** 26;

/** More than a chunk: with `threads` given, threads fill it. */
const WARM_UP_ELEMENTS = 2 ** 20;

export async function answer(scale: Scale): Promise<Answer> {
  const small = shrink(scale, LARGEST);
  const tables = [
    await timeTensors(small, true),
    await timeTensors(small, false),
    await comparePages(small, 'pages as the process gets them', {}),
    await comparePages(small, HUGE_PAGES, HUGE_PAGES_ENVIRONMENT),
  ];
  return {
    tables,
    notes: [
      'Fresh: each run, whose bytes are checked, gets a new tensor, whose pages the system makes real, and clears, as they are first written; the fill it is measured by gets one too. Allocating is outside the time: it only reserves.',
      'The page size matters more than the kernel: where the system gives huge pages, first touch is several times cheaper.',
      `transparent_hugepage: ${readHugePages()}. Each job of the last two tables is a process of its own; its page faults are also those of Node and its threads.`,
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

const HUGE_PAGES = 'GLIBC_TUNABLES=glibc.malloc.hugetlb=1';
const HUGE_PAGES_ENVIRONMENT = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

function readHugePages(): string {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

const MEMORIES: readonly MemoryKind[] = ['WebAssembly.Memory', 'SharedArrayBuffer'];
const TOUCHERS: readonly Toucher[] = ['threads', 'caller'];

/** Both kinds of memory, and who touches it first. */
async function comparePages(
  { elements, threads, isQuick }: Scale,
  title: string,
  environment: Readonly<Record<string, string>>,
): Promise<GridTable> {
  const cases = MEMORIES.flatMap((memory) => TOUCHERS.map((toucher) => ({ memory, toucher })));
  const jobs = cases.map(() => [] as FirstJob[]);
  for (let round = 0; round < (isQuick ? 1 : 5); round++) {
    for (const [i, { memory, toucher }] of cases.entries()) {
      const parameters = [elements, threads, 'wage', memory, toucher];
      jobs[i]?.push(await runProbe<FirstJob>('first-job', parameters, environment));
    }
  }
  const middleOf = (of: readonly FirstJob[], read: (job: FirstJob) => number): number =>
    quantile(
      of.map(read).sort((a, b) => a - b),
      0.5,
    );
  return {
    kind: 'grid',
    title: `First fill of ${elements} elements: ${title}`,
    columns: ['fill, ms', 'page faults', 'user, ms', 'system, ms'],
    rows: cases.map(({ memory, toucher }, i) => {
      const of = jobs[i] ?? [];
      return {
        label: `${memory}, first touched by the ${toucher}`,
        values: [
          middleOf(of, ({ fillMs }) => fillMs),
          middleOf(of, ({ pageFaults }) => pageFaults),
          middleOf(of, ({ userMs }) => userMs),
          middleOf(of, ({ systemMs }) => systemMs),
        ],
      };
    }),
  };
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
