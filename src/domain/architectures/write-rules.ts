/**
 * Writes what each tensor of a list was given as rules of a spec: few, and such that the first rule that matches a name gives what was chosen
 * for it. A row's glob is a rule if it takes no tensor of a later rule; else the names with any number in place of their numbers are, where
 * they agree, or a name alone. Time is that of tensors times globs, whatever names and shapes are.
 * @module
 */
import { at } from '../../base/at.js';
import type { InitInput } from '../recipes/init.js';
import type { SpecRule } from '../specs/model-spec.js';
import { compilePattern } from '../specs/patterns.js';

/** A tensor with what a row of the table gave it. */
export interface RuledTensor {
  readonly name: string;
  /** The row's, which matches the name. */
  readonly glob: string;
  readonly init: InitInput;
}

export interface WrittenRules {
  readonly rules: readonly SpecRule[];
  /** Of each tensor, in the order of the list: the index of the first rule that matches it. */
  readonly ruleOf: readonly number[];
}

/** Tensors that one row gives one initialiser. */
interface Group {
  readonly glob: string;
  readonly key: string;
  readonly init: InitInput;
  readonly members: number[];
}

const skeletonOf = (name: string): string => name.replace(/[0-9]+/g, '0');

/** For a regular expression in RE2's syntax. */
const quote = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** @param tensors  each with a glob that matches its name */
export function writeRules(tensors: readonly RuledTensor[]): WrittenRules {
  const groups = groupTensors(tensors);
  const keysOf = groupKeys(groups, tensors);
  const largest = new Map(groups.map((group) => [group.glob, group]));
  const rules: SpecRule[] = [];
  const ruleOf: number[] = [];
  for (const [i, group] of groups.entries()) {
    const isWhole = largest.get(group.glob) === group && takesNoOther(group, groups.slice(i + 1), tensors);
    const patterns = isWhole ? new Map([[group.glob, group.members]]) : narrow(group, tensors, keysOf);
    for (const [match, members] of patterns) {
      for (const member of members) ruleOf[member] = rules.length;
      rules.push({ match, init: group.init });
    }
  }
  return { rules, ruleOf };
}

/** By glob and initialiser. The plainest glob matches all names, so it comes last; of one glob the largest group does. */
function groupTensors(tensors: readonly RuledTensor[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [i, { glob, init }] of tensors.entries()) {
    const key = `${glob} ${JSON.stringify(init)}`;
    const group = groups.get(key) ?? { glob, key, init, members: [] };
    group.members.push(i);
    groups.set(key, group);
  }
  const breadth = ({ glob }: Group): number => (glob === '*' ? 1 : 0);
  return [...groups.values()].sort((a, b) => breadth(a) - breadth(b) || a.members.length - b.members.length);
}

/** The keys of the groups that names which differ in numbers alone belong to. */
function groupKeys(
  groups: readonly Group[],
  tensors: readonly RuledTensor[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const keysOf = new Map<string, Set<string>>();
  for (const { key, members } of groups)
    for (const member of members) {
      const skeleton = skeletonOf(at(tensors, member).name);
      keysOf.set(skeleton, (keysOf.get(skeleton) ?? new Set()).add(key));
    }
  return keysOf;
}

/** Asked once for each glob. */
function takesNoOther({ glob }: Group, others: readonly Group[], tensors: readonly RuledTensor[]): boolean {
  const matches = compilePattern(glob);
  return others.every(({ members }) => !members.some((member) => matches(at(tensors, member).name)));
}

/** A pattern for all names that differ in numbers alone, if they are all of the group; else for one name. */
function narrow(
  { members }: Group,
  tensors: readonly RuledTensor[],
  keysOf: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, readonly number[]> {
  const patterns = new Map<string, number[]>();
  for (const member of members) {
    const { name } = at(tensors, member);
    const isShared = (keysOf.get(skeletonOf(name))?.size ?? 0) > 1;
    const match =
      isShared || !/[0-9]/.test(name) ? exact(name) : `re:${quote(name).replace(/[0-9]+/g, '[0-9]+')}`;
    const taken = patterns.get(match) ?? [];
    taken.push(member);
    patterns.set(match, taken);
  }
  return patterns;
}

/** A glob has no escape. */
const exact = (name: string): string => (/[*?]|^re:/.test(name) ? `re:${quote(name)}` : name);
