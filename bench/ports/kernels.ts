/**
 * The loops of which kernels consist: functions of the compiled modules.
 * @module
 */
import { readFileSync } from 'node:fs';
import { at } from '#built/base/at.js';
import { findOwnFile } from '#built/engine/host/own-files.js';
import type { SimdModule } from '#built/engine/simd/modules.js';
import { completeInit, type Init } from '#built/domain/recipes/init.js';
import type { Dtype } from '#built/domain/tensors/dtypes.js';
import { boundCycles, countOperations, type Counts } from './bound.js';
import { findHotLoops } from './loops.js';
import { CLASSES } from './micro-operations.js';
import { PROCESSORS } from './processors.js';
import { readFunctions, type Instruction } from './wasm-code.js';

/** Loops of a function that follow each other, and the bytes that their vectors store for each element: by them its elements a step are known. */
interface Stage {
  readonly module: SimdModule;
  readonly function: string;
  readonly bytesStored: number;
  readonly loops: number;
}

/** What follows on what, for each element. */
export interface Ported {
  readonly label: string;
  readonly dtype: Dtype;
  readonly stages: readonly Stage[];
}

export interface PortedKernel extends Ported {
  readonly init: Init;
}

const stage = (module: SimdModule, name: string, bytesStored: number, loops = 1): Stage => ({
  module,
  function: name,
  bytesStored,
  loops,
});

const WORDS = stage('fills', 'fillWords', 4);
const WORDS_64 = stage('fills64', 'fillWords64', 8);
/** It also makes the words of another element, which it stores as scalars. */
const NORMAL = stage('transforms', 'normalOverlapped', 4);
/** It also fills another element. */
const TRUNCATED = stage('transforms', 'truncatedNormalCentredOverlapped', 8);

const normal = completeInit({ kind: 'normal', std: 0.02 });
const truncated = completeInit({ kind: 'truncated_normal', std: 0.02 });
const wide = completeInit({ kind: 'truncated_normal', std: 0.02, low: -1, high: 3 });
const centred = completeInit({ kind: 'uniform', low: -1, high: 1 });
const codes = completeInit({ kind: 'wage', bits: 2, codes: true });
const hundred = completeInit({ kind: 'integers', low: 0, high: 100 });
const coins = completeInit({ kind: 'rademacher' });

const BOUNDED = [WORDS, stage('transforms', 'boundedNormal', 4, 2)];

export const PORTED_KERNELS: readonly PortedKernel[] = [
  { label: 'uniform', init: centred, dtype: 'float32', stages: [stage('fills', 'fillUniformCentred', 4)] },
  { label: 'truncated normal', init: truncated, dtype: 'float32', stages: [TRUNCATED] },
  { label: 'normal', init: normal, dtype: 'float32', stages: [NORMAL] },
  {
    label: 'truncated normal from -1 to 3',
    init: wide,
    dtype: 'float32',
    stages: BOUNDED,
  },
  {
    label: 'uniform',
    init: centred,
    dtype: 'float64',
    stages: [stage('fills64', 'fillUniform64Centred', 8)],
  },
  {
    label: 'truncated normal',
    init: truncated,
    dtype: 'float64',
    stages: [
      stage('fills64', 'fillUniform64Centred', 8),
      stage('transforms64', 'truncatedNormal64Centred', 8),
    ],
  },
  {
    label: 'normal',
    init: normal,
    dtype: 'float64',
    stages: [WORDS_64, stage('transforms64', 'normal64', 8)],
  },
  {
    label: 'uniform',
    init: centred,
    dtype: 'bfloat16',
    stages: [stage('narrow-fills', 'fillUniformBfloat16Centred', 2)],
  },
  {
    label: 'truncated normal',
    init: truncated,
    dtype: 'bfloat16',
    stages: [TRUNCATED, stage('narrowing', 'narrowToBfloat16', 2)],
  },
  {
    label: 'normal',
    init: normal,
    dtype: 'bfloat16',
    stages: [NORMAL, stage('narrowing', 'narrowToBfloat16', 2)],
  },
  {
    label: 'uniform',
    init: centred,
    dtype: 'float16',
    stages: [stage('narrow-fills', 'fillUniformFloat16Centred', 2)],
  },
  {
    label: 'truncated normal',
    init: truncated,
    dtype: 'float16',
    stages: [TRUNCATED, stage('narrowing', 'narrowToFloat16', 2)],
  },
  {
    label: 'truncated normal from -1 to 3',
    init: wide,
    dtype: 'float64',
    stages: [WORDS_64, stage('transforms64', 'boundedNormal64', 8)],
  },
  {
    label: 'truncated normal from -1 to 3',
    init: wide,
    dtype: 'bfloat16',
    stages: [...BOUNDED, stage('narrowing', 'narrowToBfloat16', 2)],
  },
  {
    label: 'uniform',
    init: centred,
    dtype: 'float8_e4m3fn',
    stages: [stage('narrow-fills', 'fillUniformFloat8E4m3Centred', 1)],
  },
  {
    label: 'normal',
    init: normal,
    dtype: 'float8_e4m3fn',
    stages: [NORMAL, stage('narrowing', 'narrowToFloat8E4m3', 1)],
  },
  {
    label: 'codes of wage, 2 bits',
    init: codes,
    dtype: 'int8',
    stages: [stage('narrow-fills', 'fillTernaryCodes', 1)],
  },
  {
    label: 'integers from 0 to 99',
    init: hundred,
    dtype: 'int32',
    stages: [stage('whole-fills', 'fillIntegers32', 4)],
  },
  { label: 'rademacher', init: coins, dtype: 'int8', stages: [stage('whole-fills', 'fillTwo8', 1)] },
];

/** What changes values in place; `dtypes` times some of them. */
export const PORTED_OPERATORS: readonly Ported[] = [
  { label: 'quantize_', dtype: 'float32', stages: [stage('operators', 'quantizeHalfEven', 4)] },
  {
    label: 'quantize_, stochastic',
    dtype: 'float32',
    stages: [WORDS, stage('operators', 'quantizeStochastic', 4)],
  },
];

export interface Bound {
  /** Micro-operations an element, in the order of CLASSES. */
  readonly operations: readonly number[];
  /** Cycles an element, in the order of PROCESSORS. */
  readonly cycles: readonly number[];
}

/** The sum over the stages, which follow each other. */
export function boundOf({ stages }: Pick<Ported, 'stages'>): Bound {
  const bounds = stages.flatMap(boundStage);
  const sum = (values: readonly (readonly number[])[]): number[] =>
    at(values, 0).map((_, i) => values.reduce((total, list) => total + at(list, i), 0));
  return {
    operations: sum(bounds.map((bound) => bound.operations)),
    cycles: sum(bounds.map((bound) => bound.cycles)),
  };
}

const VECTOR_BYTES = 16;

function boundStage({ module, function: name, bytesStored, loops }: Stage): Bound[] {
  return findHotLoops(readKernel(module, name), loops).map((loop) => {
    const stores = loop.filter((instruction) => instruction.name === 'v128.store').length;
    const elements = (stores * VECTOR_BYTES) / bytesStored;
    if (elements === 0) throw new Error(`A hot loop of ${name} stores nothing`);
    return perElement(countOperations(loop), elements);
  });
}

const perElement = (counts: Counts, elements: number): Bound => ({
  operations: CLASSES.map((name) => (counts.get(name) ?? 0) / elements),
  cycles: PROCESSORS.map((processor) => boundCycles(counts, processor) / elements),
});

function readKernel(module: SimdModule, name: string): readonly Instruction[] {
  const functions = readFunctions(readFileSync(findOwnFile(`workers/simd/${module}.wasm`)));
  const instructions = functions.get(name);
  if (instructions === undefined) throw new Error(`${module}.wasm has no function ${name}`);
  return instructions;
}
