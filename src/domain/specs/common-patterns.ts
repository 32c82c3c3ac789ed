/**
 * Finds patterns that match the names of a group and no others, so that a few rules can stand for hundreds of tensors.
 * @module
 */
import { compilePattern } from './patterns.js';

/** A pattern, and the names it matches. */
export interface NamePattern {
  readonly pattern: string;
  readonly names: readonly string[];
}

/** With more names that differ in more than numbers, or more patterns, a list is as good. */
const MAX_SKELETONS = 1000;
const MAX_PATTERNS = 16;

/** No person writes a longer pattern. */
const MAX_END = 100;

/** Candidates that are tried on all names in each round, the most promising first. */
const MAX_TRIES = 20;

/** Numbers become wildcards: `h.11.ln_2.bias` is `h.*.ln_*.bias`, the same for every layer. */
const skeletonOf = (name: string): string => name.replace(/[0-9]+/g, '*');

/**
 * Patterns of name endings, such as `*.bias` and `*norm.weight`; each matches as many of the remaining names as possible.
 * @param names   the group
 * @param others  names that no pattern may match
 * @returns       patterns that match two or more names each, perhaps not all names together
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
    // A * in place of a number matches more than numbers.
    if (matched.length > 1 && !others.some(matches)) return { pattern, names: matched };
  }
  return undefined;
}

/** Endings of several names and of no foreign one: most names first, then the one that a person would write. */
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

/** Prefers a whole step of the path, the shortest (`.bias`), else the longest common ending: `norm.weight`, not `m.weight`. */
const awkwardness = (end: string): number => (end.startsWith('.') ? end.length - 1e6 : -end.length);

function countEach(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
