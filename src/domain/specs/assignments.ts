/**
 * Assigns each tensor of a spec its initialiser and its dtype. Each comes from the tensor itself, else from the first rule that
 * matches its name, else (a dtype) from the checkpoint that the model is like, else from the default.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { at } from '../../base/at.js';
import { compilePattern, type Matcher } from './patterns.js';
import { checkTie } from './check-tie.js';
import type { ParsedOrigin, ParsedRule, ParsedSpec } from './model-spec.js';
import { dtypeOf, type StoredDtype } from '../tensors/stored-dtypes.js';
import { checkName } from '../tensors/names.js';
import { listNames, show } from '../../base/wording.js';

/** A tensor of another checkpoint, whose name and shape a model takes. */
export interface LikeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As in a safetensors header: `BF16`. */
  readonly dtype: StoredDtype;
  /** Its place in the order in which a sequence draws; left out where that is the order of the list. */
  readonly place?: number | undefined;
  /** The tensor of the list that it is the same as. */
  readonly sameAs?: string | undefined;
  /** Where its draw begins in a sequence, if not where the draw of the tensor before it ended. */
  readonly origin?: ParsedOrigin | undefined;
}

/** A value, and the path in the spec that it comes from: errors name it. */
interface Assigned<T> {
  readonly value: T;
  readonly where: string;
  /** The rule that it comes from. */
  readonly rule?: ParsedRule | undefined;
}

/** A tensor, and what it is assigned: an initialiser, or the bytes of another. */
export type Assignment = DrawnAssignment | TiedAssignment;

export interface DrawnAssignment {
  readonly kind: 'drawn';
  readonly name: string;
  readonly shape: readonly unknown[];
  /** The tensor's own path: `tensors[3]`. */
  readonly where: string;
  readonly init: Assigned<object>;
  /** Undefined for the initialiser's default. */
  readonly dtype: Assigned<string> | undefined;
  readonly origin: ParsedOrigin;
  /** The name whose streams it draws from, if not its own. */
  readonly stream: string | undefined;
}

/** No rule applies to it, nor the default. */
export interface TiedAssignment {
  readonly kind: 'tied';
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly where: string;
  readonly sameAs: string;
  /** Only if the tensor itself has one. */
  readonly dtype: Assigned<string> | undefined;
}

export interface Assignments {
  readonly assignments: readonly Assignment[];
  /** Indices of rules that no tensor takes anything from. */
  readonly unusedRules: readonly number[];
}

/**
 * @throws {ValueError} BAD_SPEC: no tensors, or two lists of them; tensors without an initialiser, all in one
 *   error; an invalid pattern. BAD_NAME: an invalid or repeated name
 */
export function assignTensors(spec: ParsedSpec, like: readonly LikeTensor[] | undefined): Assignments {
  const matchers = spec.rules.map(compileRule);
  const listed = listTensors(spec, like);
  checkNames(listed);
  const rules = listed.map(({ name, same_as: sameAs }) =>
    sameAs === undefined ? matchers.findIndex((matches) => matches(name)) : -1,
  );
  const assignments = listed.map((tensor, i) => tie(tensor) ?? assign(tensor, spec, at(rules, i)));
  const used = new Set(rules);
  return {
    assignments: checkInits(assignments),
    unusedRules: [...spec.rules.keys()].filter((i) => !used.has(i)),
  };
}

function compileRule({ match, init, dtype }: ParsedRule, rule: number): Matcher {
  const where = `rules[${rule}]`;
  if (init !== undefined || dtype !== undefined)
    return checkAt(`${where}.match`, () => compilePattern(match));
  const remedy = 'Add what its tensors take, for example "init": { "kind": "zeros" }.';
  throw new ValueError('BAD_SPEC', `${where} has neither init nor dtype.`, remedy);
}

/** A tensor as the spec or the other checkpoint lists it. */
interface ListedTensor extends Source {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly likeDtype?: StoredDtype;
  readonly origin?: ParsedOrigin | undefined;
  readonly stream?: string | undefined;
  readonly same_as?: string | undefined;
}

function listTensors(
  { tensors }: ParsedSpec,
  like: readonly LikeTensor[] | undefined,
): readonly ListedTensor[] {
  if (tensors === undefined) return listLike(like);
  if (like === undefined)
    return tensors.map((tensor, i) => {
      const where = `tensors[${i}]`;
      checkTie(tensor, where);
      return { ...tensor, where, origin: tensor };
    });
  const found = 'Both the spec and `like` list the tensors.';
  throw new ValueError('BAD_SPEC', found, 'Leave out one of them: "tensors" in the spec, or `like`.');
}

function listLike(like: readonly LikeTensor[] | undefined): readonly ListedTensor[] {
  if (like === undefined) {
    const remedy = 'List them, or pass `like` to take the names and shapes of a checkpoint.';
    throw new ValueError('BAD_SPEC', 'tensors is missing.', remedy);
  }
  return like.map(({ dtype, sameAs, ...tensor }, i) => ({
    ...tensor,
    where: `like[${i}]`,
    ...(sameAs === undefined ? { likeDtype: dtype } : { same_as: sameAs }),
  }));
}

function checkNames(listed: readonly ListedTensor[]): void {
  const paths = new Map<string, string>();
  for (const { where, name } of listed) {
    checkAt(`${where}.name`, () => checkName(name));
    const earlier = paths.get(name);
    paths.set(name, where);
    if (earlier === undefined) continue;
    const found = `${where}.name: ${show(name)} is already the name of ${earlier}.`;
    throw new ValueError('BAD_NAME', found, 'Give each tensor a name of its own.');
  }
}

/** Before it is known whether every tensor has an initialiser. */
type OpenAssignment =
  TiedAssignment | (Omit<DrawnAssignment, 'init'> & { readonly init: Assigned<object> | undefined });

function tie({ name, shape, where, dtype, same_as: sameAs }: ListedTensor): TiedAssignment | undefined {
  if (sameAs === undefined) return undefined;
  const own = dtype === undefined ? undefined : { value: dtype, where: `${where}.dtype` };
  return { kind: 'tied', name, shape, where, sameAs, dtype: own };
}

/** The first rule that matches decides alone: later ones do not add what it leaves out. @param rule  -1 for none */
function assign(
  { name, shape, where, init, dtype, likeDtype, origin = {}, stream }: ListedTensor,
  spec: ParsedSpec,
  rule: number,
): OpenAssignment {
  const isLike = likeDtype !== undefined;
  const sources: readonly Source[] = [
    { where, init, dtype },
    { where: `rules[${rule}]`, rule: spec.rules[rule], ...spec.rules[rule] },
    { where, dtype: isLike ? dtypeOf(likeDtype) : undefined },
    { where: 'default', init: spec.default.init, dtype: isLike ? undefined : spec.default.dtype },
  ];
  const assigned = { init: takeFirst(sources, 'init'), dtype: takeFirst(sources, 'dtype') };
  return { kind: 'drawn', name, shape, where, ...assigned, origin, stream };
}

/** A possible source of a tensor's initialiser and dtype. */
interface Source {
  readonly where: string;
  readonly rule?: ParsedRule | undefined;
  readonly init?: object | undefined;
  readonly dtype?: string | undefined;
}

function takeFirst<Key extends 'init' | 'dtype'>(
  sources: readonly Source[],
  key: Key,
): Assigned<NonNullable<Source[Key]>> | undefined {
  for (const { where, rule, [key]: value } of sources)
    if (value !== undefined) return { value, where: `${where}.${key}`, rule };
  return undefined;
}

function checkInits(assignments: readonly OpenAssignment[]): readonly Assignment[] {
  const bare = assignments.flatMap((tensor) =>
    tensor.kind === 'drawn' && tensor.init === undefined ? [tensor.name] : [],
  );
  if (bare.length === 0) return assignments as readonly Assignment[];
  const found = `${countTensors(bare)} no init, neither from a rule nor from default.init: ${listNames(bare)}.`;
  const remedy = 'Add a rule that matches, or "default": { "init": ... }, for example { "kind": "zeros" }.';
  throw new ValueError('BAD_SPEC', found, remedy);
}

const countTensors = ({ length }: readonly string[]): string =>
  length === 1 ? '1 tensor has' : `${length} tensors have`;
