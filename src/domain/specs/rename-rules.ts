/**
 * Rules that rename listed tensors to given names: a rule for all whose names begin in another way, else one for each.
 * @module
 */
import { at } from '../../base/at.js';
import { isLiteral } from './patterns.js';

/** The names of a tensor: the one that a spec lists, and the one that is written. */
export interface Renamed {
  readonly listed: string;
  readonly written: string;
}

export interface RenameRule {
  readonly match: string;
  readonly rename: string;
}

/**
 * @param names  of all tensors of a spec; rules are made for those that have two, and match no other
 * @returns      rules that each name must meet before any other rule
 */
export function renameRules(names: readonly Renamed[]): readonly RenameRule[] {
  const renamed = names.filter(({ listed, written }) => listed !== written);
  const share = sharer(names);
  return groupBy(renamed, (name) => JSON.stringify(beginningsOf(name))).flatMap((group) => {
    const [before = ''] = group.map(beginningsOf).at(0) ?? [];
    const shared = share(group, before.length);
    if (shared !== undefined) return [shared];
    return groupBy(group, ({ listed }) => stepOf(listed, before.length)).flatMap((branch) => {
      const [step = ''] = branch.map(({ listed }) => stepOf(listed, before.length));
      const rule = share(branch, step.length);
      return rule === undefined ? branch.map(renameOne) : [rule];
    });
  });
}

/** What a name begins with, up to the end of one step of the path: `layers.`; all of a name that has no further step. */
function stepOf(name: string, from: number): string {
  const end = name.indexOf('.', from);
  return end < 0 ? name : name.slice(0, end + 1);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const others = groups.get(keyOf(item));
    if (others === undefined) groups.set(keyOf(item), [item]);
    else others.push(item);
  }
  return [...groups.values()];
}

/** What comes before the ending that both names have. */
function beginningsOf({ listed, written }: Renamed): readonly [string, string] {
  let common = 0;
  while (
    common < Math.min(listed.length, written.length) &&
    listed.at(-1 - common) === written.at(-1 - common)
  )
    common++;
  // Not within a character beyond U+FFFF.
  if (isLowSurrogate(listed, listed.length - common)) common--;
  return [listed.slice(0, listed.length - common), written.slice(0, written.length - common)];
}

const isLowSurrogate = (text: string, index: number): boolean => /^[\udc00-\udfff]/.test(text.slice(index));

/**
 * Counts the names that begin with a text. They are sorted once: a checkpoint may have thousands of groups of thousands of names.
 * @returns  of a text, how many of the names begin with it
 */
function beginningCounter(names: readonly string[]): (text: string) => number {
  const sorted = [...names].sort();
  const firstFrom = (isBeyond: (name: string) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(at(sorted, middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (text) => {
    const first = firstFrom((name) => name >= text);
    return firstFrom((name) => name.slice(0, text.length) > text) - first;
  };
}

/** Each is tried on every name that has no rule of its own. */
const MOST_SHARED = 1000;

type Share = (group: readonly Renamed[], kept: number) => RenameRule | undefined;

/** Makes rules for groups, as long as there are not too many. */
function sharer(names: readonly Renamed[]): Share {
  const countOf = beginningCounter(names.map(({ listed }) => listed));
  let made = 0;
  return (group, kept) => {
    const rule = made < MOST_SHARED ? findShared(group, kept, countOf) : undefined;
    if (rule !== undefined) made++;
    return rule;
  };
}

/** @param kept  how much of the listed names' beginning the pattern has */
function findShared(
  group: readonly Renamed[],
  kept: number,
  countOf: (text: string) => number,
): RenameRule | undefined {
  const [first, second] = group;
  if (first === undefined || second === undefined) return undefined;
  const { listed, written } = first;
  const before = listed.slice(0, kept);
  if (!isLiteral(before) || countOf(before) > group.length) return undefined;
  const after = written.slice(0, written.length - (listed.length - kept));
  return { match: `${before}*`, rename: `${escapeDollars(after)}$1` };
}

const renameOne = ({ listed, written }: Renamed): RenameRule => ({
  match: !isLiteral(listed) ? `re:${listed.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}` : listed,
  rename: escapeDollars(written),
});

const escapeDollars = (name: string): string => name.replaceAll('$', '$$$$');
