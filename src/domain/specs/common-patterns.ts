/**
 * Patterns that a group of names has in common and no other name matches: so a few rules say what hundreds of tensors would
 * each have to.
 * @module
 */
import { compilePattern } from './patterns.js';

/** A pattern, and the names of the group that it matches. */
export interface NamePattern {
  readonly pattern: string;
  readonly names: readonly string[];
}

/** Beyond so many names that differ in more than numbers, or so many patterns, a list is as good. */
const MAX_SKELETONS = 1000;
const MAX_PATTERNS = 16;

/** Nobody writes longer patterns. */
const MAX_END = 100;

/** Patterns of a round that are tried on all names, the most promising first. */
const MAX_TRIES = 20;

/** What is left when numbers are taken for any: `h.11.ln_2.bias` is `h.*.ln_*.bias`, as is that of every other layer. */
const skeletonOf = (name: string): string => name.replace(/[0-9]+/g, '*');

/**
 * Ends of names, such as `*.bias` and `*norm.weight`: each the one that matches most of the names that are left.
 * @param names   the group
 * @param others  names that no pattern may match
 * @returns       patterns of two or more names; they need not match all
 */
export function findPatterns(names: readonly string[], others: readonly string[]): readonly NamePattern[] {
  if (names.length < 2) return [];
  const foreign = new Set(others.map(skeletonOf));
  if (foreign.size + new Set(names.map(skeletonOf)).size > MAX_SKELETONS) return [];
  const foreignEnds = new Set([...foreign].flatMap(endsOf));
  const found: NamePattern[] = [];
  let left = names;
  while (left.length > 1 && found.length < MAX_PATTERNS) {
    const best = findPattern(left, others, foreignEnds);
    if (best === undefined) break;
    found.push(best);
    const matched = new Set(best.names);
    left = left.filter((name) => !matched.has(name));
  }
  return found;
}

function endsOf(name: string): readonly string[] {
  const longest = Math.min(name.length, MAX_END);
  return Array.from({ length: longest }, (_, i) => name.slice(i - longest));
}

function findPattern(
  names: readonly string[],
  others: readonly string[],
  foreignEnds: ReadonlySet<string>,
): NamePattern | undefined {
  for (const end of rankEnds(names, foreignEnds).slice(0, MAX_TRIES)) {
    const pattern = `*${end}`.replace(/\*+/g, '*');
    const matches = compilePattern(pattern);
    const matched = names.filter(matches);
    // A * for a number matches more than numbers.
    if (matched.length > 1 && !others.some(matches)) return { pattern, names: matched };
  }
  return undefined;
}

/** Ends of several of the names and of no foreign one: those of most names first; of these, those a person would write. */
function rankEnds(names: readonly string[], foreignEnds: ReadonlySet<string>): readonly string[] {
  const counts = new Map<string, number>();
  for (const [skeleton, count] of countEach(names.map(skeletonOf))) {
    for (const end of endsOf(skeleton))
      if (!foreignEnds.has(end)) counts.set(end, (counts.get(end) ?? 0) + count);
  }
  const shared = [...counts].filter(([, count]) => count > 1);
  return shared
    .sort(([a, countA], [b, countB]) => countB - countA || awkwardness(a) - awkwardness(b))
    .map(([end]) => end);
}

/** Best a whole step of the path, and then the shortest: `.bias`; else as much as they share: `norm.weight`, not `m.weight`. */
const awkwardness = (end: string): number => (end.startsWith('.') ? end.length - 1e6 : -end.length);

function countEach(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
