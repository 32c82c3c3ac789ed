/**
 * `npm run bench -- targets`: the stored answers, held against the targets.
 * @module
 */
import type { Conditions, NamedAnswer } from '../measure/answer.js';
import { fillCells, formatCount, formatNumber, type Column } from '../render/cells.js';
import { formatColumns, type Style } from '../render/terminal.js';
import type { Target } from './target.js';
import { TARGETS } from './targets.js';

/** The targets are about warm runs on two cores, over this many elements. */
const PROMISED = { threads: 2, elements: 2 ** 28 } as const;

export type Verdict =
  | { readonly kind: 'unmeasured' }
  | { readonly kind: 'unjudged'; readonly value: number; readonly why: string }
  | { readonly kind: 'aim' | 'floor' | 'missed'; readonly value: number };

export interface Judged {
  readonly target: Target;
  readonly verdict: Verdict;
  readonly note?: string;
}

export const judgeTargets = (answers: readonly NamedAnswer[]): readonly Judged[] =>
  TARGETS.map((target) => {
    const answer = answers.find(({ name }) => name === target.question);
    const found = answer && target.read(answer);
    if (found === undefined) return { target, verdict: { kind: 'unmeasured' } };
    const { value, ...notes } = found;
    return { target, verdict: judge(target, value, answer?.conditions), ...notes };
  });

function judge({ floor, aim, isLowerBetter }: Target, value: number, conditions?: Conditions): Verdict {
  const why = conditions && explainUnjudged(conditions);
  if (why !== undefined) return { kind: 'unjudged', value, why };
  const reaches = (bound: number): boolean => (isLowerBetter ? value <= bound : value >= bound);
  return { kind: reaches(aim) ? 'aim' : reaches(floor) ? 'floor' : 'missed', value };
}

/** Returns why numbers measured under these conditions say nothing about a target. */
function explainUnjudged({ isQuick, threads, elements }: Conditions): string | undefined {
  if (isQuick) return '--quick';
  if (threads !== PROMISED.threads) return `${threads}, not ${PROMISED.threads} threads`;
  if (elements < PROMISED.elements)
    return `${formatCount(elements)}, not ${formatCount(PROMISED.elements)} elements`;
  return undefined;
}

function formatVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'unmeasured':
      return 'not measured';
    case 'unjudged':
      return `not judged: ${verdict.why}`;
    case 'missed':
      return 'NO';
    default:
      return verdict.kind;
  }
}

const COLUMNS: readonly Column<Judged>[] = [
  { title: 'what', align: 'left', cell: ({ target }) => target.label },
  {
    title: 'measured',
    align: 'right',
    cell: ({ verdict }) => (verdict.kind === 'unmeasured' ? '' : formatNumber(verdict.value)),
  },
  { title: 'reached', align: 'left', cell: ({ verdict }) => formatVerdict(verdict) },
  { title: 'floor', align: 'right', cell: ({ target }) => String(target.floor) },
  { title: 'aim', align: 'right', cell: ({ target }) => String(target.aim) },
  { title: 'unit', align: 'left', cell: ({ target }) => target.unit },
  { title: 'command', align: 'left', cell: ({ target }) => `npm run bench -- ${target.question}` },
  { title: 'note', align: 'left', cell: ({ note = '' }) => note },
];

export const formatTargets = (judged: readonly Judged[], style: Style): string =>
  [
    style('bold', 'Targets. Floor: owed. Aim: hoped for'),
    formatColumns(fillCells(COLUMNS, judged), style),
    style('dim', '- Medians of an otherwise idle machine of two cores; under other load they say little.'),
  ].join('\n\n');
