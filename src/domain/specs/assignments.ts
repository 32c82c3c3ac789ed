/**
 * Assigns each tensor of a spec its initialiser, its dtype and the name that it is written by, or leaves it out. Initialiser and dtype
 * come from the tensor itself, else from the first rule that matches its name, else (a dtype) from the checkpoint that the model is like,
 * else from the default.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import type {
  Assigned,
  Assignment,
  DrawnAssignment,
  Listed,
  SkippedAssignment,
  TiedAssignment,
} from './assignment.js';
import type { ParsedRule, ParsedSpec } from './model-spec.js';
import { isKeep, KeptTensors, refuseKeptDtype, type OtherTensors } from './kept-tensors.js';
import { listTensors, type ListedTensor } from './listed-tensors.js';
import { reshape } from './reshape.js';
import { compileRules } from './spec-rules.js';
import { restOf, type RestOfModel } from './rest-of-model.js';
import { nameWritten } from './written-names.js';
import { dtypeOf } from '../tensors/stored-dtypes.js';
import { listNames } from '../../base/wording.js';

export interface Assignments {
  readonly assignments: readonly Assignment[];
  /** Indices of rules that no tensor takes anything from. */
  readonly unusedRules: readonly number[];
}

/**
 * @throws {ValueError} BAD_SPEC: no tensors, or two lists of them; all of them left out; tensors without an initialiser, all in one
 *   error; an invalid rule; a kept tensor that the other checkpoint does not have. BAD_NAME: an invalid or repeated name
 */
export function assignTensors(spec: ParsedSpec, others: OtherTensors, rest?: RestOfModel): Assignments {
  const { like } = others;
  const findRule = compileRules(spec.rules);
  const listed = listTensors(spec, like);
  const ruled = listed.map((tensor) => {
    const rule = findRule(tensor.name);
    return { tensor: reshape(tensor, spec.rules[rule], `rules[${rule}]`), rule };
  });
  const written = nameWritten(
    ruled.filter(({ rule }) => spec.rules[rule]?.skip !== true),
    spec.rules,
  );
  const kept = new KeptTensors(others);
  const assignments = ruled.map(({ tensor, rule }): OpenAssignment => {
    const name = written.get(tensor.name);
    if (name === undefined) return { ...listedOf(tensor), kind: 'skipped', rule };
    return tie(tensor, name) ?? assign(tensor, name, spec, { rule, rest }, kept);
  });
  if (spec.tensors !== undefined && like !== undefined) checkKeepsSome(assignments);
  checkSomeLeft(assignments);
  const used = new Set(
    ruled.filter(({ tensor, rule }) => takesFrom(tensor, spec.rules[rule])).map(({ rule }) => rule),
  );
  return {
    assignments: checkInits(assignments),
    unusedRules: [...spec.rules.keys()].filter((i) => !used.has(i)),
  };
}

const listedOf = ({ name, shape, where, shapePath = `${where}.shape` }: ListedTensor): Listed => ({
  ...{ name, shape, where, shapePath },
});

/** A tied tensor takes no initialiser and no dtype. */
const takesFrom = (tensor: ListedTensor, { skip, rename }: Partial<ParsedRule> = {}): boolean =>
  tensor.same_as === undefined || skip === true || rename !== undefined || tensor.shapePath !== undefined;

/** Before it is known whether every tensor has an initialiser. */
type OpenAssignment =
  | TiedAssignment
  | SkippedAssignment
  | (Omit<DrawnAssignment, 'init'> & { readonly init: Assigned<object> | undefined });

function tie(tensor: ListedTensor, written: string): TiedAssignment | undefined {
  const { where, dtype, same_as: sameAs } = tensor;
  if (sameAs === undefined) return undefined;
  const own = dtype === undefined ? undefined : { value: dtype, where: `${where}.dtype` };
  return { ...listedOf(tensor), kind: 'tied', written, sameAs, dtype: own };
}

/** What a tensor takes things from besides itself and the default. */
interface OtherSources {
  /** -1 for none. */
  readonly rule: number;
  readonly rest: RestOfModel | undefined;
}

/** The first rule that matches decides alone: later ones of the spec do not add what it leaves out. */
function assign(
  tensor: ListedTensor,
  written: string,
  spec: ParsedSpec,
  { rule, rest }: OtherSources,
  kept: KeptTensors,
): OpenAssignment {
  const { where, init, dtype, likeDtype, origin = {}, stream } = tensor;
  const isLike = likeDtype !== undefined;
  const own: readonly Source[] = [
    { where, init, dtype },
    { where: `rules[${rule}]`, rule: spec.rules[rule], ...spec.rules[rule] },
  ];
  const sources: readonly Source[] = [
    ...own,
    { where, dtype: isLike ? dtypeOf(likeDtype) : undefined },
    { where: 'default', init: spec.default.init, dtype: isLike ? undefined : spec.default.dtype },
    { where, ...restOf(rest, tensor.name) },
  ];
  const assigned = { init: takeFirst(sources, 'init'), dtype: takeFirst(sources, 'dtype') };
  const drawn = { ...listedOf(tensor), kind: 'drawn', written, ...assigned, origin, stream } as const;
  if (!isKeep(assigned.init?.value)) return drawn;
  for (const { where, dtype } of own) refuseKeptDtype(assigned.init?.value, dtype, where);
  const keptDtype = kept.dtypeOf(tensor, written);
  return { ...drawn, dtype: keptDtype && { value: keptDtype, where } };
}

/** A possible source of a tensor's initialiser and dtype. */
interface Source {
  readonly where: string;
  /** How an error names what it gives, in place of where and key. */
  readonly path?: string | undefined;
  readonly rule?: ParsedRule | undefined;
  readonly init?: object | undefined;
  readonly dtype?: string | undefined;
}

function takeFirst<Key extends 'init' | 'dtype'>(
  sources: readonly Source[],
  key: Key,
): Assigned<NonNullable<Source[Key]>> | undefined {
  for (const { where, path = `${where}.${key}`, rule, [key]: value } of sources)
    if (value !== undefined) return { value, where: path, rule };
  return undefined;
}

function checkKeepsSome(assignments: readonly OpenAssignment[]): void {
  if (assignments.some((tensor) => tensor.kind === 'drawn' && isKeep(tensor.init?.value))) return;
  const found = 'Both the spec and `like` list the tensors, and the spec keeps none.';
  throw new ValueError('BAD_SPEC', found, 'Leave out one of them: "tensors" in the spec, or `like`.');
}

function checkSomeLeft(assignments: readonly OpenAssignment[]): void {
  if (assignments.length === 0 || assignments.some(({ kind }) => kind !== 'skipped')) return;
  const found = `The rules leave out all ${assignments.length === 1 ? '1 tensor' : `${assignments.length} tensors`}.`;
  throw new ValueError(
    'BAD_SPEC',
    found,
    'Leave some of them in: put a rule that matches them before "skip": true.',
  );
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
