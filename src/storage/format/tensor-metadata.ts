/**
 * The metadata of one tensor in a checkpoint: its initialiser, the facts that follow from it, and where its draw begins in the
 * generator's sequence, if that has one. One table, from which it is written and read.
 * @module
 */
import { show } from '../../base/wording.js';
import { isNarrowDtype } from '../../domain/arithmetic/narrow-floats.js';
import { findCoarseness, type Coarseness } from '../../domain/recipes/coarseness.js';
import { isCollapsed, type CodeUse } from '../../domain/recipes/code-use.js';
import { codeUseOf, type Facts } from '../../domain/recipes/recipe.js';
import type { ModelTensor } from '../../domain/specs/model-tensor.js';
import { MAX_WORDS } from '../../domain/streams/mt19937-words.js';
import { DOUBLE_REACH, isNormal } from '../../domain/torch/reach.js';
import type { Origin } from '../../domain/torch/sequence.js';
import { INIT } from './init-form.js';
import { KEPT, recordKept, type KeptRecord, type KeptTensors } from './kept-record.js';
import {
  optional,
  recordForm,
  TEXT,
  WHOLE,
  writtenOnly,
  type JsonForm,
  type Members,
} from './json-record.js';
import { refuseMetadata } from './metadata-errors.js';

/** Facts of a tensor that are recorded beside its bytes. */
export type RecordedFacts = Pick<Facts, 'weightScale' | 'limit' | 'std' | 'step'>;

/** A scale divides, so it is not 0; a width may be. */
const isScale = (value: unknown): boolean => isWidth(value) && value !== 0;
const isWidth = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const numberForm = (what: string, isPossible: (value: unknown) => boolean): JsonForm<number> => ({
  write: (value) => value,
  read: (reader) => {
    const value = reader.readScalar();
    if (isPossible(value)) return value as number;
    throw refuseMetadata(`${show(value)} is not a ${what}.`);
  },
});

const SCALE = numberForm('scale', isScale);
const WIDTH = numberForm('width', isWidth);

const FACT_MEMBERS: Members<RecordedFacts> = {
  weightScale: optional('weight_scale', SCALE),
  limit: optional('limit', WIDTH),
  std: optional('std', WIDTH),
  step: optional('step', SCALE),
};

const FIRST_WORD: JsonForm<number> = {
  ...WHOLE,
  read: (reader) => {
    const word = WHOLE.read(reader);
    if (word <= MAX_WORDS) return word;
    throw refuseMetadata(`${word} is no first word: those end at 2^53 - 625.`);
  },
};

const NORMAL = numberForm(`normal: torch's lie within ${DOUBLE_REACH}`, isNormal);

/** An origin whose first word may still be missing. */
type RecordedOrigin = Partial<Origin>;

const ORIGIN_MEMBERS: Members<RecordedOrigin> = {
  firstWord: optional('first_word', FIRST_WORD),
  cachedNormal: optional('cached_normal', NORMAL),
};

const FIGURE_MEMBERS = { ...FACT_MEMBERS, ...ORIGIN_MEMBERS };

/** A number that the metadata record of a tensor. */
export type Figure = keyof typeof FIGURE_MEMBERS;

/** The names of the recorded facts, in the order of the metadata. */
export const FACT_NAMES = Object.keys(FACT_MEMBERS) as readonly (keyof RecordedFacts)[];

/** The names of what is recorded of an origin. */
export const ORIGIN_NAMES = Object.keys(ORIGIN_MEMBERS) as readonly (keyof Origin)[];

/** A figure's key in the metadata: `weight_scale`. */
export const figureKey = (figure: Figure): string => FIGURE_MEMBERS[figure].key;

/** The record of one tensor. */
export interface RecordedTensor {
  /** As it was read, it is not checked yet. */
  readonly init: object;
  readonly facts: RecordedFacts;
  /** Undefined for a generator of streams. */
  readonly origin?: Origin | undefined;
  /** The name whose streams it draws from, if neither its own nor that of the tensor that it is the same as. */
  readonly stream?: string | undefined;
  /** The tensor that it is the same as, which may lie in another file. */
  readonly sameAs?: string | undefined;
  /** Where its bytes are from, if they were not drawn. */
  readonly kept?: KeptRecord | undefined;
  /** Written for readers that do not have this library, and never read: it follows from the initialiser. */
  readonly codeUse?: CodeUse | undefined;
  /** As `codeUse`. */
  readonly coarseness?: Coarseness | undefined;
}

const writeCodeUse = (codeUse: CodeUse): object => {
  const { used, available, zeroShare } = codeUse;
  return { used, available, zero_share: zeroShare, collapsed: isCollapsed(codeUse) };
};

const writeCoarseness = ({ values, low, high, zeroShare = 0 }: Coarseness): object => ({
  values,
  low,
  high,
  zero_share: zeroShare,
});

/**
 * The initialiser of a tensor that draws by another name than its own has another key: versions before 0.8 would draw it by its own name,
 * and refuse a record without `init`.
 */
interface RecordedInit {
  readonly init?: object | undefined;
  readonly drawnAs?: object | undefined;
}

const MEMBERS = recordForm<
  RecordedFacts & RecordedOrigin & RecordedInit & Omit<RecordedTensor, 'init' | 'facts' | 'origin'>
>(
  {
    init: optional('init', INIT),
    drawnAs: optional('drawn_as', INIT),
    sameAs: optional('same_as', TEXT),
    stream: optional('stream', TEXT),
    kept: optional('kept', KEPT),
    ...FIGURE_MEMBERS,
    codeUse: writtenOnly('code_use', writeCodeUse),
    coarseness: writtenOnly('coarseness', writeCoarseness),
  },
  refuseMetadata,
);

export const TENSOR: JsonForm<RecordedTensor> = {
  write: ({ init, facts, origin, ...record }) => {
    const isOther = record.sameAs !== undefined || record.stream !== undefined;
    return MEMBERS.write({ ...(isOther ? { drawnAs: init } : { init }), ...record, ...facts, ...origin });
  },
  read: (reader) => {
    const { init, drawnAs, sameAs, stream, kept, firstWord, cachedNormal, ...facts } = MEMBERS.read(reader);
    const isOther = sameAs !== undefined || stream !== undefined;
    const chosen = chooseInit(init, drawnAs, isOther);
    checkKept(chosen, kept);
    const record = {
      init: chosen,
      facts,
      ...(kept !== undefined && { kept }),
      ...(sameAs !== undefined && { sameAs }),
      ...(stream !== undefined && { stream }),
    };
    if (firstWord !== undefined) {
      const origin = { firstWord, ...(cachedNormal !== undefined && { cachedNormal }) };
      return { ...record, origin };
    }
    if (cachedNormal === undefined) return record;
    throw refuseMetadata(
      `${figureKey('cachedNormal')} is ${cachedNormal}, but ${figureKey('firstWord')} is missing.`,
    );
  },
};

function chooseInit(init: object | undefined, drawnAs: object | undefined, isOther: boolean): object {
  const [chosen, stray] = isOther ? [drawnAs, init] : [init, drawnAs];
  if (chosen === undefined) throw refuseMetadata(`${isOther ? 'drawn_as' : 'init'} is missing.`);
  if (stray === undefined) return chosen;
  throw refuseMetadata(`it has init and drawn_as, which is for a tensor that draws by another name.`);
}

/** A tensor that is kept has a source, and no other has. */
function checkKept(init: object, kept: KeptRecord | undefined): void {
  const isKept = 'kind' in init && init.kind === 'keep';
  if (isKept === (kept !== undefined)) return;
  throw refuseMetadata(isKept ? 'kept is missing.' : 'it has kept, which is for a tensor of kind keep.');
}

type RecordedSource = Pick<
  ModelTensor,
  'name' | 'shape' | 'dtype' | 'recipe' | 'origin' | 'stream' | 'sameAs'
>;

/**
 * @param tensor  with the origin of its draw, if the generator has a sequence
 * @param sources  of the checkpoint's kept tensors
 */
export function recordTensor(tensor: RecordedSource, sources: KeptTensors): RecordedTensor {
  const { recipe, origin, stream, sameAs } = tensor;
  return {
    init: recipe.init,
    facts: recipe.facts,
    origin,
    stream,
    sameAs,
    kept: recordKept(tensor.name, sources),
    codeUse: codeUseOf(recipe),
    // Only of floats of 8 and 16 bits: headers of float32 and float64 stay what they were.
    coarseness: isNarrowDtype(tensor.dtype) ? findCoarseness(recipe, tensor) : undefined,
  };
}
