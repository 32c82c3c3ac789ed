/**
 * The questions that the bench can answer: the one table from which help, lists and tests are made. The answer to NAME lies in
 * questions/GROUP/NAME.ts.
 * @module
 */
import { at } from '#built/base/at.js';
import type { Answer } from './measure/answer.js';
import type { Scale } from './measure/scale.js';

export interface Question {
  readonly name: string;
  /** The folder of questions/ that it lies in. */
  readonly group: 'kernels' | 'fills' | 'peers' | 'checkpoints' | 'processes';
  /** One sentence, for people. */
  readonly asks: string;
  /** Not asked unless named. */
  readonly isOnRequest?: boolean;
  /** An argument of its own, as help shows it; such a question is always on request. */
  readonly parameter?: string;
}

/** All questions, in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    name: 'kernels',
    group: 'kernels',
    asks: 'How close do kernels and whole calls come to a plain fill of the same memory?',
  },
  {
    name: 'dtypes',
    group: 'kernels',
    asks: 'What do the other dtypes and the operators cost, against a plain fill and against float32?',
  },
  {
    name: 'profile',
    group: 'kernels',
    asks: 'What limits a kernel: the arithmetic, the memory, or the copy?',
  },
  {
    name: 'ports',
    group: 'kernels',
    asks: "How near are kernels to the limit of a processor's ports?",
  },
  { name: 'threads', group: 'fills', asks: 'How does throughput grow with threads?' },
  {
    name: 'sizes',
    group: 'fills',
    asks: 'What does a call cost at each size, and from which size does the pool pay?',
  },
  {
    name: 'peers',
    group: 'peers',
    asks: 'How fast are other libraries at the same work?',
    isOnRequest: true,
  },
  {
    name: 'torch',
    group: 'peers',
    asks: "How fast are torch's own bytes, against torch, and a jump in its sequence?",
  },
  {
    name: 'orthogonal',
    group: 'peers',
    asks: "How fast are orthogonal matrices, against torch, JavaScript libraries and this machine's peak?",
    isOnRequest: true,
  },
  {
    name: 'chunks',
    group: 'fills',
    asks: 'Which sizes of chunks, scratches and copies are fastest, and how many threads should share a fill?',
  },
  {
    name: 'fresh',
    group: 'fills',
    asks: 'What does it cost to fill untouched memory, and how much of that is the price of the memory itself?',
  },
  {
    name: 'first-job',
    group: 'fills',
    asks: 'How close does a first job, from the start of the process to its end, come to a C program that sets the memory?',
  },
  {
    name: 'wrapped',
    group: 'fills',
    asks: 'What does it cost to fill a SharedArrayBuffer that jumpfill did not allocate?',
  },
  { name: 'files', group: 'checkpoints', asks: 'Does drawing keep up with writing?' },
  {
    name: 'checkpoints',
    group: 'checkpoints',
    asks: 'What does a checkpoint cost to write, to verify, to open and to plan?',
  },
  {
    name: 'stream-files',
    group: 'checkpoints',
    asks: 'How close does reading files that are drawn on the way come to writing them?',
  },
  { name: 'keep', group: 'checkpoints', asks: 'How close does keeping tensors come to cp?' },
  {
    name: 'plan-like',
    group: 'checkpoints',
    asks: 'How long does it take to plan a model like one of the Hub, whose requests take 20 ms each?',
  },
  {
    name: 'llama',
    group: 'checkpoints',
    asks: 'How much memory and time does Llama 3 8B take: 16 GB of bfloat16 in files of 5 GB?',
    isOnRequest: true,
  },
  {
    name: 'jumps',
    group: 'kernels',
    asks: 'What does it cost to reach the state of a block: the next, any, the last possible?',
  },
  { name: 'start', group: 'processes', asks: "What does a process's first fill cost?" },
  {
    name: 'memory',
    group: 'processes',
    asks: 'How much memory does a fill take beyond the tensor, for the process and for each thread?',
  },
  {
    name: 'growth',
    group: 'fills',
    asks: 'How does the cost grow with elements, with chunks, and with threads that this machine lacks?',
  },
  { name: 'revectorize', group: 'kernels', asks: "What does V8's experimental wasm revectorizer gain?" },
  {
    name: 'model',
    group: 'checkpoints',
    asks: 'How long does a model of yours take, and how much of that is writing?',
    isOnRequest: true,
    parameter: 'SPEC.json',
  },
];

interface QuestionModule {
  /** @param parameter  the question's own argument, if it has one */
  readonly answer: (scale: Scale, parameter: string) => Promise<Answer>;
}

/** Modules are loaded when asked: one that fails to load fails alone. */
export const loadQuestion = async ({ group, name }: Question): Promise<QuestionModule> =>
  (await import(`./questions/${group}/${name}.js`)) as QuestionModule;

/** One line each. */
export function listQuestions(questions: readonly Question[]): string {
  const titles = questions.map(({ name, parameter }) =>
    parameter === undefined ? name : `${name} ${parameter}`,
  );
  const width = Math.max(...titles.map(({ length }) => length));
  return questions
    .map(({ asks, isOnRequest }, i) => {
      const when = isOnRequest === true ? ' (only if named)' : '';
      return `${at(titles, i).padEnd(width)}  ${asks}${when}\n`;
    })
    .join('');
}
