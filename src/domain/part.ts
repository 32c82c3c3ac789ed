/**
 * Parts: several processes, on one machine or many, that each write some shards of a checkpoint.
 * Sources: Slurm's output environment variables, https://slurm.schedmd.com/sbatch.html, and Kubernetes' indexed jobs,
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode.
 * @module
 */
import { ValueError } from '../errors.js';
import { show } from './words.js';

/** Part `part` of `parts`, counted from 1. */
export interface Part {
  readonly part: number;
  readonly parts: number;
}

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const KUBERNETES_INDEX = 'JOB_COMPLETION_INDEX';
const SLURM_ID = 'SLURM_ARRAY_TASK_ID';
const SLURM_COUNT = 'SLURM_ARRAY_TASK_COUNT';
const SLURM_MIN = 'SLURM_ARRAY_TASK_MIN';
const SLURM_MAX = 'SLURM_ARRAY_TASK_MAX';
const SLURM_STEP = 'SLURM_ARRAY_TASK_STEP';

const FORMS =
  'Write --part 2/8, or --part auto in a Slurm job array, or --part auto/8 in an indexed Kubernetes job.';

/**
 * @param text         `2/8`; `auto`: index and count from Slurm; `auto/8`: the index from Kubernetes or Slurm
 * @param environment  where `auto` looks
 * @throws {ValueError} BAD_OPTION: none of these, or an environment that does not say which part this is
 */
export function parsePart(text: string, environment: Environment = {}): Part {
  const [, first = '', second] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  const parts = second === undefined ? undefined : Number(second);
  if (first === 'auto') return checkPart(findPart(text, parts, environment), `The part ${show(text)}`);
  if (first === '' || parts === undefined) throw badPart(`The part is ${show(text)}.`);
  return checkPart({ part: Number(first), parts }, `The part ${show(text)}`);
}

/** Which shards a part writes: part, part + parts, and so on, so that all parts have about as many; from 0. */
export function shardsOfPart({ part, parts }: Part, shardCount: number): readonly number[] {
  const count = Math.max(0, Math.ceil((shardCount - part + 1) / parts));
  return Array.from({ length: count }, (_, i) => part - 1 + i * parts);
}

const badPart = (found: string, remedy = FORMS): ValueError => new ValueError('BAD_OPTION', found, remedy);

/** @throws {ValueError} BAD_OPTION: not part 1 to n of n */
export function checkPart({ part, parts }: Part, where: string): Part {
  if (Number.isSafeInteger(part) && Number.isSafeInteger(parts) && part >= 1 && part <= parts) {
    return { part, parts };
  }
  throw badPart(
    `${where} is part ${show(part)} of ${show(parts)}.`,
    'Parts count from 1: the last of 8 is 8/8.',
  );
}

function findPart(text: string, parts: number | undefined, environment: Environment): Part {
  const index = readWhole(environment, KUBERNETES_INDEX);
  if (index !== undefined && parts !== undefined) return { part: index + 1, parts };
  const slurm = readSlurmPart(environment);
  if (slurm !== undefined) return checkCount(slurm, parts);
  if (index !== undefined) {
    const found = `${KUBERNETES_INDEX} is ${index}, and Kubernetes does not tell of how many.`;
    throw badPart(found, "Write --part auto/8, with the job's completions in place of 8.");
  }
  const needed = [SLURM_ID, SLURM_MIN, SLURM_COUNT];
  const lost = needed.filter((name) => readWhole(environment, name) === undefined);
  if (lost.length < needed.length) {
    const found = `The part ${show(text)} finds a Slurm array without ${lost.join(' and ')}.`;
    throw badPart(found, 'Pass them on to this process, or name the part, as in --part 2/8.');
  }
  throw badPart(
    `The part ${show(text)} finds neither ${SLURM_ID}, ${SLURM_MIN} and ${SLURM_COUNT} nor ${KUBERNETES_INDEX}.`,
  );
}

/** A task that runs again alone is an array of 1: its part must not become all of the model. */
function checkCount(slurm: Part, parts: number | undefined): Part {
  if (parts === undefined || parts === slurm.parts) return slurm;
  const found = `There are to be ${parts} parts, and ${SLURM_COUNT} is ${slurm.parts}.`;
  throw badPart(found, 'Submit as many tasks as there are parts, or name the part, as in --part 2/8.');
}

function readSlurmPart(environment: Environment): Part | undefined {
  const id = readWhole(environment, SLURM_ID);
  const parts = readWhole(environment, SLURM_COUNT);
  const least = readWhole(environment, SLURM_MIN);
  if (id === undefined || parts === undefined || least === undefined) return undefined;
  const step = readWhole(environment, SLURM_STEP) ?? 1;
  const largest = readWhole(environment, SLURM_MAX) ?? id;
  const index = (id - least) / step;
  const isTask = Number.isInteger(index) && index >= 0 && index < parts;
  if (isTask && (largest - least) / step < parts) return { part: index + 1, parts };
  const array = `a Slurm array of ${parts} from ${least} in steps of ${step}`;
  const found = isTask
    ? `${array.replace('a', 'A')} ends at ${largest}: it has gaps.`
    : `Task ${id} of ${array} has no place in it.`;
  throw badPart(
    found,
    'Submit an array without gaps, such as --array=1-8, or name the part, as in --part 2/8.',
  );
}

function readWhole(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badPart(`${name} is ${show(text)}, which is no whole number.`, 'Name the part, as in --part 2/8.');
}
