/**
 * The other dtypes and the operators, beside a fill of the same bytes and beside float32.
 * @module
 */
import { at } from '#built/base/at.js';
import { Engine } from '#built/api/engine.js';
import { completeInit, type Init } from '#built/domain/recipes/init.js';
import { quantizeWords, type Operation } from '#built/domain/operators/operation.js';
import { DTYPES, type Dtype } from '#built/domain/tensors/dtypes.js';
import { shiftExponent } from '#built/domain/operators/wage-operators.js';
import { type Answer, figureOf, type Figure, type Table, type ThroughputRow } from '../../measure/answer.js';
import { checkSamples, readIn } from '../../measure/check.js';
import { clock, measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { initRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FILL_NOTE } from '../../contestants/memory-fill.js';
import type { Scale } from '../../measure/scale.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import { divideRounds } from '../../measure/statistics.js';
import {
  allocateAs,
  drawOf,
  SEED,
  truncatedNormal,
  uniform,
  wage,
  wrapAs,
  type OwnTensor,
} from '../../contestants/subjects.js';

/** Initialisers by their labels: the names of the functions that make them. */
const KINDS = {
  uniform: uniform.init,
  truncatedNormal: truncatedNormal.init,
  'truncatedNormal from -1 to 3': completeInit({ kind: 'truncated_normal', std: 0.02, low: -1, high: 3 }),
  normal: completeInit({ kind: 'normal', std: 0.02 }),
  'wage of 2 bits': wage.init,
  'wage of 8 bits': completeInit({ kind: 'wage', bits: 8 }),
} as const satisfies Readonly<Record<string, Init>>;

export type KindName = keyof typeof KINDS;

const DRAWN: readonly KindName[] = ['uniform', 'truncatedNormal', 'normal'];
const CODED: readonly KindName[] = ['wage of 2 bits', 'wage of 8 bits'];

/** float32 has all of them, to compare the other dtypes with. */
export const KINDS_OF = {
  float32: Object.keys(KINDS) as readonly KindName[],
  float64: DRAWN,
  float16: [...DRAWN, 'truncatedNormal from -1 to 3'],
  bfloat16: [...DRAWN, 'truncatedNormal from -1 to 3'],
  int8: CODED,
} as const satisfies Readonly<Partial<Record<Dtype, readonly KindName[]>>>;

export type DrawnDtype = keyof typeof KINDS_OF;

export const DRAWN_DTYPES = Object.keys(KINDS_OF) as readonly DrawnDtype[];

/** The operators' input, drawn again before each run. */
const OPERAND = { low: -3, high: 3 } as const;
const OPERATOR_BITS = 8;

export const nameFill = (kind: KindName, dtype: Dtype): string =>
  `${kind}, ${dtype === 'int8' ? 'int8 codes' : dtype}`;

export const nameOverFloat32 = (kind: KindName, dtype: Dtype, threads: 'all' | 1): string =>
  `${nameFill(kind, dtype)} over float32, ${threads === 'all' ? 'all threads' : nameThreads(threads)}`;

export async function answer(scale: Scale): Promise<Answer> {
  await using crew = await Crew.start(scale.threads);
  // The widest: each dtype takes as much of it as it needs.
  const memory = allocateAs('float64', scale.elements);
  const tables: Table[] = [];
  for (const threads of new Set([1, scale.threads])) {
    tables.push(...(await timeAll(crew, memory, scale, threads)));
  }
  return {
    tables,
    notes: [
      'Own memory, every page touched before. Whole public calls, engine and threads included; all dtypes take turns in one contest.',
      `of fill: the time of memory.fill over as many bytes, by as many threads, in the same round, over the time of the row. ${FILL_NOTE}`,
      'over float32: elements a second of the dtype over those of the same call in float32, in the same round.',
      'The operators read what they write, and shift_ reads it twice: the fill only writes.',
    ],
  };
}

async function timeAll(
  crew: Crew,
  { memory, length }: OwnTensor<Dtype>,
  scale: Scale,
  threads: number,
): Promise<Table[]> {
  await using engine = new Engine({ threads, seed: SEED });
  const groups = DRAWN_DTYPES.map((dtype) => {
    const runs = KINDS_OF[dtype].map((kind) =>
      initRun(engine, wrapAs(dtype, memory, length), nameFill(kind, dtype), initOf(kind, dtype)),
    );
    const operators = dtype === 'float32' ? operatorRuns(engine, wrapAs(dtype, memory, length)) : [];
    return measureBy(memoryFill(crew, wrapAs(dtype, memory, length), threads), [...runs, ...operators]);
  });
  const rows = await runContest(groups.flat(), scale);
  let first = 0;
  const tables = groups.map((group, i): Table => {
    const own = rows.slice(first, (first += group.length));
    const title = `${at(DRAWN_DTYPES, i)}, ${nameThreads(threads)}`;
    return { kind: 'throughput', title, rows: own, chart: { kind: 'bars', scale: 'linear' } };
  });
  const title = `Elements a second, of those of float32, ${nameThreads(threads)}`;
  const compared = compareWithFloat32(rows, threads === scale.threads ? 'all' : 1);
  return [...tables, { kind: 'figures', title, rows: compared }];
}

const initOf = (kind: KindName, dtype: Dtype): Init => {
  const init = KINDS[kind];
  return dtype === 'int8' && init.kind === 'wage' ? { ...init, codes: true } : init;
};

function compareWithFloat32(rows: readonly ThroughputRow[], threads: 'all' | 1): Figure[] {
  const roundsOf = (label: string): readonly number[] =>
    rows.find((row) => row.label === label)?.roundsMs ?? [];
  const others = DRAWN_DTYPES.filter((dtype) => dtype !== 'float32');
  return others.flatMap((dtype) =>
    KINDS_OF[dtype].map((kind) => {
      const float32 = roundsOf(nameFill(kind, 'float32'));
      const ratios = divideRounds(float32, roundsOf(nameFill(kind, dtype)));
      return figureOf(nameOverFloat32(kind, dtype, threads), 'x', ratios);
    }),
  );
}

function operatorRuns(engine: Engine, tensor: OwnTensor): Contestant[] {
  const bits = OPERATOR_BITS;
  const quantize = { kind: 'quantize', bits, scale: 1 } as const;
  const words = quantizeWords(SEED, tensor.name ?? '');
  // Among so many elements one lies near enough to the bound to decide the exponent.
  const exponent = shiftExponent(OPERAND.high, 'nearest');
  const run = (label: string, operation: Operation, call: () => Promise<unknown>): Contestant => ({
    label,
    role: 'jumpfill',
    threads: engine.threads,
    elementCount: tensor.length,
    byteWidth: DTYPES[tensor.dtype].byteWidth,
    prepare: async () => {
      await engine.uniform_(tensor, OPERAND);
    },
    run: () => clock(call),
    // Drawn again before the run: nothing of earlier ones is left to spoil.
    proof: {
      spoil: () => undefined,
      check: () => {
        const draw = drawOf({ kind: 'uniform', ...OPERAND }, tensor.shape);
        checkSamples(label, { draw, operation }, tensor.length, readIn(tensor.data));
      },
    },
  });
  return [
    run(`clip_ ${bits} bits`, { kind: 'clip', bits }, () => engine.clip_(tensor, bits)),
    run(`quantize_ ${bits} bits, nearest`, { ...quantize, rounding: 'half_even', words: undefined }, () =>
      engine.quantize_(tensor, bits, { rounding: 'half_even', scale: 1 }),
    ),
    run(`quantize_ ${bits} bits, stochastic`, { ...quantize, rounding: 'stochastic', words }, () =>
      engine.quantize_(tensor, bits, { rounding: 'stochastic', scale: 1 }),
    ),
    run('shift_', { kind: 'shift', exponent }, () => engine.shift_(tensor)),
  ];
}
