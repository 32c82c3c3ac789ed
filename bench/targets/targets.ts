/**
 * The project's own targets: what a plain prototype reached on two cores (the floors) and what was hoped for beyond it (the aims).
 * @module
 */
import { formatCount, formatNumber } from '../render/cells.js';
import {
  atMost,
  callOf,
  cell,
  figure,
  figures,
  found,
  most,
  ofFill,
  one,
  owed,
  ratio,
  type Bounds,
  type Target,
} from './target.js';
import type { Dtype } from '#built/domain/tensors/dtypes.js';
import { truncatedNormal, wage } from '../contestants/subjects.js';
import { FIRST_OPENING, PLAN } from '../questions/checkpoints/opening.js';
import { RECIPES } from '../questions/checkpoints/models.js';
import { PLAN_LIKE } from '../questions/checkpoints/plan-like.js';
import { nameVerifying, VERIFIED } from '../questions/checkpoints/verifying.js';
import { nameWriting, PLACINGS } from '../questions/checkpoints/writing.js';
import {
  DRAWN_DTYPES,
  KINDS_OF,
  nameFill,
  nameOverFloat32,
  type KindName,
} from '../questions/kernels/dtypes.js';
import { KEEP_PLACINGS, nameKeeping } from '../questions/checkpoints/keep.js';
import { nameFileRow } from '../questions/checkpoints/files.js';
import { ANY_BLOCK } from '../questions/kernels/jumps.js';
import { PEAK } from '../questions/checkpoints/llama.js';
import { moreThanNode, nameOutput, nameShare, OUTPUTS, type Share } from '../questions/processes/memory.js';
import { nameOverC } from '../questions/fills/first-job.js';
import { PROMISED_SIZES } from '../questions/fills/sizes.js';
import {
  FIRST_ELEMENTS,
  FIRST_FILL,
  IMPORT,
  IMPORTING,
  nameStarting,
  OF_NODE,
  THREAD,
} from '../questions/processes/start.js';
import { nameSpeedUp } from '../questions/fills/threads.js';
import { nameWrapped } from '../questions/fills/wrapped.js';

/** The cores that the floors were reached on. */
const THREADS = 2;

/** The fastest kernels come last. */
const readJump: Target['read'] = (answer) =>
  found(figures(answer).findLast(({ label }) => label.startsWith(ANY_BLOCK))?.value);

const readFirstFill: Target['read'] = (answer) => {
  const fill = figure(FIRST_FILL)(answer);
  const imported = figure(IMPORT)(answer);
  return fill && { ...fill, ...(imported && { note: `and ${formatNumber(imported.value)} ms: ${IMPORT}` }) };
};

/** Reads the output that takes the most memory. */
const readMemory =
  (share: Share): Target['read'] =>
  (answer) => {
    const outputs = OUTPUTS.flatMap((output) => {
      const beyond = figure(nameShare(nameOutput(output), moreThanNode(share)))(answer)?.value;
      const whole = figure(nameShare(nameOutput(output), share))(answer)?.value;
      return beyond === undefined || whole === undefined ? [] : [{ output, beyond, whole }];
    });
    const worst = outputs.sort((a, b) => b.beyond - a.beyond)[0];
    if (worst === undefined) return undefined;
    const { output, beyond, whole } = worst;
    return {
      value: beyond,
      note: `the most of ${OUTPUTS.join(', ')}: ${output}; ${formatNumber(whole)} with Node's own`,
    };
  };

interface PromisedCall {
  readonly call: string;
  readonly label: string;
  readonly own: Bounds;
  readonly wrapped: Bounds;
}

const CALLS: readonly PromisedCall[] = [
  { call: 'wageInit_', label: wage.label, own: [0.65, 0.75], wrapped: [0.46, 0.55] },
  { call: 'truncatedNormal_', label: truncatedNormal.label, own: [0.43, 0.55], wrapped: [0.32, 0.4] },
];

/** As a share of a plain fill of the same bytes. */
const DTYPE_SHARES: readonly (readonly [kind: KindName, dtype: Dtype, share: number])[] = [
  ['uniform', 'float64', 0.6],
  ['truncatedNormal', 'float64', 0.3],
  ['normal', 'float32', 0.25],
];

/** Elements a second, of those of float32. */
const OVER_FLOAT32: Readonly<Partial<Record<Dtype, number>>> = { float16: 1, bfloat16: 1, int8: 1.3 };

const DTYPE_TARGETS: readonly Target[] = [
  ...DTYPE_SHARES.map(([kind, dtype, share]) => {
    const label = nameFill(kind, dtype);
    return ofFill(`${label}, all threads`, owed(share), 'dtypes', ratio(label, most));
  }),
  ...DRAWN_DTYPES.flatMap((dtype) =>
    KINDS_OF[dtype].flatMap((kind) => {
      const bound = OVER_FLOAT32[dtype];
      if (bound === undefined) return [];
      const label = nameOverFloat32(kind, dtype, 'all');
      return [{ ...ofFill(label, owed(bound), 'dtypes', figure(label)), unit: 'x' }];
    }),
  ),
];

const CHECKPOINT_TARGETS: readonly Target[] = [
  ...RECIPES.flatMap((recipe) =>
    PLACINGS.map((placing) => {
      const label = nameWriting(recipe.label, placing);
      return {
        ...ofFill(`GPT-2 float32: ${label}`, [0.8, 0.95], 'checkpoints', ratio(label)),
        unit: 'of writing',
      };
    }),
  ),
  ...VERIFIED.map((recipe) => {
    const label = nameVerifying(recipe.label);
    return { ...ofFill(`GPT-2: ${label}`, [0.7, 0.9], 'checkpoints', ratio(label)), unit: 'of cat' };
  }),
  atMost('Llama-3-8B bfloat16: peak memory', 'MB', [250, 150], 'llama', figure(PEAK)),
  atMost(`723 tensors in 30 files: ${FIRST_OPENING}`, 'ms', owed(50), 'checkpoints', figure(FIRST_OPENING)),
  atMost(`Llama-3-70B: ${PLAN}`, 'ms', owed(300), 'checkpoints', figure(PLAN)),
  atMost(`723 tensors in 30 files: ${PLAN_LIKE}`, 'ms', owed(1500), 'plan-like', figure(PLAN_LIKE)),
];

const SPEED_UP: Bounds = [1.9, 1.95];
const FRESH: Bounds = [0.85, 0.95];
const FILES: Bounds = [0.8, 0.95];
const KEEP: Bounds = [0.8, 1];

export const TARGETS: readonly Target[] = [
  ...CALLS.flatMap(({ call, label, own }) => [
    ofFill(`${call}, own memory, 1 thread`, own, 'kernels', ratio(label, one)),
    ofFill(`${call}, own memory, all threads`, own, 'kernels', ratio(label, most)),
  ]),
  ...DTYPE_TARGETS,
  ...CALLS.flatMap(({ call, label, wrapped }) => [
    ofFill(`${call}, wrapped, 1 thread`, wrapped, 'wrapped', ratio(nameWrapped(label), one)),
    ofFill(`${call}, wrapped, all threads`, wrapped, 'wrapped', ratio(nameWrapped(label), most)),
  ]),
  ofFill(
    'truncatedNormal_, revectorized, 1 thread',
    [0.6, 0.7],
    'revectorize',
    ratio(truncatedNormal.label, one),
  ),
  ...CALLS.map(({ call, label }) => ({
    ...ofFill(nameSpeedUp(call, THREADS), SPEED_UP, 'threads', figure(nameSpeedUp(label, THREADS))),
    unit: 'x',
  })),
  ...CALLS.map(({ call, label }) =>
    ofFill(`${call}, fresh tensor, of a fill of one`, FRESH, 'fresh', ratio(label)),
  ),
  ...CALLS.map(({ call, label }) => ({
    ...ofFill(`${call}, to a file`, FILES, 'files', ratio(nameFileRow(label))),
    unit: 'of writing',
  })),
  ...KEEP_PLACINGS.map((placing) => ({
    ...ofFill(`keep, ${placing}`, KEEP, 'keep', ratio(nameKeeping(placing), most)),
    unit: 'of cp',
  })),
  ...CHECKPOINT_TARGETS,
  ...(
    [
      [PROMISED_SIZES.small, [30, 10]],
      [PROMISED_SIZES.block, [100, 60]],
    ] as const
  ).map(([size, bounds]) =>
    atMost(`wageInit_, ${formatCount(size)} elements`, 'us', bounds, 'sizes', callOf(wage.label, size)),
  ),
  atMost(
    `first fill of a process, ${formatCount(FIRST_ELEMENTS)} elements, library imported before`,
    ...(['ms', [80, 60], 'start', readFirstFill] as const),
  ),
  atMost('the same, threads started', 'ms', [120, 80], 'start', figure(nameStarting(THREADS))),
  atMost(IMPORTING, OF_NODE, owed(1.3), 'start', cell(IMPORTING, OF_NODE)),
  atMost(THREAD, OF_NODE, owed(1.15), 'start', cell(THREAD, OF_NODE)),
  atMost('first job of a fresh tensor', 'of C', owed(1.25), 'first-job', figure(nameOverC('wage', THREADS))),
  atMost('state of any block', 'us', [5, 1], 'jumps', readJump),
  atMost(
    "memory of a thread, beyond tensor and Node's own",
    'MiB',
    [2, 2],
    'memory',
    readMemory('each thread'),
  ),
  atMost(
    "memory of the process, beyond tensor and Node's own",
    'MiB',
    [40, 40],
    'memory',
    readMemory('process'),
  ),
];
