/**
 * Stored answers: a run replaces the answers to the questions it asked and keeps the rest, each with its machine and date.
 * @module
 */
import { readFileSync } from 'node:fs';
import type { NamedAnswer, Results } from './measure/answer.js';

/** The answers that an earlier run left, if they can be read. Files of 0.5 and before judged the targets as well. */
export function readAnswers(path: string): readonly NamedAnswer[] {
  try {
    const { answers } = JSON.parse(readFileSync(path, 'utf8')) as Results;
    const asked = answers.filter(({ name }) => name !== 'targets');
    return asked.every((answer) => isWhole(answer)) ? asked : [];
  } catch {
    return [];
  }
}

/** Files of earlier versions had no conditions. */
const isWhole = ({ machine, conditions, tables }: Partial<NamedAnswer>): boolean =>
  machine !== undefined && conditions !== undefined && tables !== undefined;

/**
 * @param order  the names of all questions; any other name comes last
 * @returns      the new answers and those of `before` to other questions; an earlier answer stays also where the new one has no
 *               numbers, because its question failed or has none on this Node
 */
export function mergeAnswers(
  before: readonly NamedAnswer[],
  now: readonly NamedAnswer[],
  order: readonly string[],
): NamedAnswer[] {
  const merged = new Map(before.map((answer) => [answer.name, answer]));
  for (const answer of now) {
    if (answer.tables.length > 0 || !merged.has(answer.name)) merged.set(answer.name, answer);
  }
  const rank = ({ name }: NamedAnswer): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...merged.values()].sort((a, b) => rank(a) - rank(b));
}
