/**
 * What each tensor of a spec takes, and from where: from itself, else from the first rule that matches its name, else, a
 * dtype, from the checkpoint the model is to be like, else from the default.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { compilePattern, type Matcher } from './patterns.js';
import type { ParsedSpec } from './structure.js';
import { DTYPE_NAMES, DTYPES } from '../tensors/dtypes.js';
import { checkName } from '../tensors/names.js';
import { listNames, show } from '../../base/wording.js';

/** A tensor of another checkpoint, whose name and shape a model takes. */
export interface LikeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As a safetensors header has it: `BF16`. */
  readonly dtype: string;
}

/** What was decided, and where: errors are told from there. */
interface Decision<T> {
  readonly value: T;
  readonly place: string;
}

/** A tensor, and what it takes. */
export interface Choice {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly place: string;
  readonly init: Decision<object>;
  /** Undefined for the initialiser's usual one. */
  readonly dtype: Decision<string> | undefined;
}

export interface Choices {
  readonly choices: readonly Choice[];
  /** Indices of rules that no tensor takes its words from. */
  readonly unusedRules: readonly number[];
}

/**
 * @throws {ValueError} BAD_SPEC: no tensors, or from two sides; tensors without an initialiser, or without a dtype that can
 *   be drawn: all of them in one error; a pattern that is none. BAD_NAME
 */
export function assignTensors(form: ParsedSpec, like: readonly LikeTensor[] | undefined): Choices {
  const matchers = form.rules.map(compileRule);
  const listed = listTensors(form, like);
  checkNames(listed);
  const rules = listed.map(({ name }) => matchers.findIndex((matches) => matches(name)));
  const choices = listed.map((tensor, i) => choose(tensor, form, rules[i] ?? -1));
  checkDtypes(listed, choices);
  const used = new Set(rules);
  return {
    choices: checkInits(choices),
    unusedRules: [...form.rules.keys()].filter((i) => !used.has(i)),
  };
}

function compileRule({ match, init, dtype }: ParsedSpec['rules'][number], rule: number): Matcher {
  const place = `rules[${rule}]`;
  if (init !== undefined || dtype !== undefined)
    return checkAt(`${place}.match`, () => compilePattern(match));
  const remedy = 'Say what tensors take from it, for example "init": { "kind": "zeros" }.';
  throw new ValueError('BAD_SPEC', `${place} has neither init nor dtype.`, remedy);
}

/** A tensor as the spec or the other checkpoint has it. */
interface Listed extends Source {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly likeDtype?: string;
}

function listTensors({ tensors }: ParsedSpec, like: readonly LikeTensor[] | undefined): readonly Listed[] {
  if (tensors === undefined) return listLike(like);
  if (like === undefined) return tensors.map((tensor, i) => ({ ...tensor, place: `tensors[${i}]` }));
  const found = 'The spec lists tensors, and so does the checkpoint that it is to be like.';
  throw new ValueError('BAD_SPEC', found, 'Leave out one of them: "tensors" in the spec, or --like.');
}

function listLike(like: readonly LikeTensor[] | undefined): readonly Listed[] {
  if (like === undefined) {
    const remedy = 'List them, or take the names and shapes of a checkpoint: --like CHECKPOINT.';
    throw new ValueError('BAD_SPEC', 'tensors is missing.', remedy);
  }
  return like.map(({ name, shape, dtype }, i) => ({ place: `like[${i}]`, name, shape, likeDtype: dtype }));
}

function checkNames(listed: readonly Listed[]): void {
  const places = new Map<string, string>();
  for (const { place, name } of listed) {
    checkAt(`${place}.name`, () => checkName(name));
    const earlier = places.get(name);
    places.set(name, place);
    if (earlier === undefined) continue;
    const found = `${place}.name: ${show(name)} is already the name of ${earlier}.`;
    throw new ValueError('BAD_NAME', found, 'Give each tensor a name of its own.');
  }
}

/** Before it is known whether all tensors have an initialiser. */
type OpenChoice = Omit<Choice, 'init'> & { readonly init: Decision<object> | undefined };

/** The first rule that matches decides as a whole: what it does not say is not taken from later ones. */
function choose(
  { name, shape, place, init, dtype, likeDtype }: Listed,
  form: ParsedSpec,
  rule: number,
): OpenChoice {
  const stored = DTYPE_NAMES.find((known) => DTYPES[known].safetensors === likeDtype);
  const isLike = likeDtype !== undefined;
  const sources: readonly Source[] = [
    { place, init, dtype },
    { place: `rules[${rule}]`, ...form.rules[rule] },
    { place, dtype: stored },
    { place: 'default', init: form.default.init, dtype: isLike ? undefined : form.default.dtype },
  ];
  return { name, shape, place, init: decide(sources, 'init'), dtype: decide(sources, 'dtype') };
}

interface Source {
  readonly place: string;
  readonly init?: object | undefined;
  readonly dtype?: string | undefined;
}

/** The first source that says it. */
function decide<Key extends 'init' | 'dtype'>(
  sources: readonly Source[],
  key: Key,
): Decision<NonNullable<Source[Key]>> | undefined {
  for (const { place, [key]: value } of sources)
    if (value !== undefined) return { value, place: `${place}.${key}` };
  return undefined;
}

function checkInits(choices: readonly OpenChoice[]): readonly Choice[] {
  const bare = choices.filter(({ init }) => init === undefined).map(({ name }) => name);
  if (bare.length === 0) return choices as readonly Choice[];
  const found = `${countTensors(bare)} no init, neither from a rule nor from default.init: ${listNames(bare)}.`;
  const remedy = 'Add a rule that matches, or "default": { "init": ... }, for example { "kind": "zeros" }.';
  throw new ValueError('BAD_SPEC', found, remedy);
}

function checkDtypes(listed: readonly Listed[], choices: readonly OpenChoice[]): void {
  const stray = listed.filter(
    ({ likeDtype }, i) => likeDtype !== undefined && choices[i]?.dtype === undefined,
  );
  if (stray.length === 0) return;
  const names = stray.map(({ name }) => name);
  const dtypes = [...new Set(stray.map(({ likeDtype }) => likeDtype))].join(', ');
  const found = `${countTensors(names)} a dtype that is not drawn, ${dtypes}: ${listNames(names)}.`;
  const remedy = `Add a rule that matches with a "dtype": ${DTYPE_NAMES.join(', ')}.`;
  throw new ValueError('BAD_SPEC', found, remedy);
}

const countTensors = ({ length }: readonly string[]): string =>
  length === 1 ? '1 tensor has' : `${length} tensors have`;
