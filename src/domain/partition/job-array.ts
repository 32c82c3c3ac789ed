/**
 * Job arrays: what the variables that a scheduler sets for a task tell of it.
 *
 * Sources. Slurm: https://slurm.schedmd.com/job_array.html. AWS Batch (indexes from 0, always):
 * https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html. Kubernetes' indexed jobs (from 0, always):
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode. OpenPBS and PBS Professional: PBS_ARRAY_INDEX of
 * `qsub -J 0-7`, qsub(1B). Torque: PBS_ARRAYID of `qsub -t 0-7`,
 * http://docs.adaptivecomputing.com/torque/4-1-3/Content/topics/2-jobs/multiJobSubmission.htm. Grid Engine (from 1, and "undefined" outside
 * an array): qsub(1), -t. LSF (from 1, and 0 outside an array): https://www.ibm.com/docs/en/SSWRJV_10.1.0/lsf_admin/job_array_cl_args.html;
 * its LSB_JOBINDEX_END is the last index without the first, so it does not tell how many there are.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of one scheduler. */
interface Scheduler {
  readonly name: string;
  /** The task's own number. */
  readonly task: string;
  /** Every array begins at 0; elsewhere whoever submits an array chooses. */
  readonly countsFromZero?: true;
  /** What the number says in a job that is no array's. */
  readonly none?: string;
  /** How many tasks there are. */
  readonly count?: string;
  readonly first?: string;
  readonly last?: string;
  readonly step?: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    name: 'Slurm',
    task: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    first: 'SLURM_ARRAY_TASK_MIN',
    last: 'SLURM_ARRAY_TASK_MAX',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  {
    name: 'AWS Batch',
    task: 'AWS_BATCH_JOB_ARRAY_INDEX',
    countsFromZero: true,
    count: 'AWS_BATCH_JOB_ARRAY_SIZE',
  },
  { name: 'Kubernetes', task: 'JOB_COMPLETION_INDEX', countsFromZero: true },
  { name: 'PBS', task: 'PBS_ARRAY_INDEX' },
  { name: 'Torque', task: 'PBS_ARRAYID' },
  {
    name: 'Grid Engine',
    task: 'SGE_TASK_ID',
    none: 'undefined',
    first: 'SGE_TASK_FIRST',
    last: 'SGE_TASK_LAST',
    step: 'SGE_TASK_STEPSIZE',
  },
  { name: 'LSF', task: 'LSB_JOBINDEX', none: '0' },
];

/** A task of a job array. */
export interface ArrayTask {
  readonly scheduler: Scheduler;
  /** As its scheduler has it. */
  readonly number: number;
}

/** All tasks of a job array, or those of them that were submitted: no scheduler tells which. */
export interface TaskArray {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What to do where an array does not tell how many parts there are, or is not all of them. */
export const COUNT_YOURSELF =
  'Write auto/N, with the number of parts in place of N (auto0/N if the tasks count from 0).';

const NAMED = 'name the part, as in 2/8';

const badArray = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

/**
 * The task that this process is. One scheduler may run in another's job: they have to agree.
 * @throws {ValueError} BAD_OPTION: there is none, or two that differ
 */
export function findTask(environment: Environment): ArrayTask {
  const tasks = SCHEDULERS.flatMap((scheduler): ArrayTask[] => {
    const isNone = environment[scheduler.task] === scheduler.none;
    const number = isNone ? undefined : readWhole(environment, scheduler.task);
    return number === undefined ? [] : [{ scheduler, number }];
  });
  const [task] = tasks;
  if (task === undefined) {
    const names = SCHEDULERS.map((scheduler) => scheduler.task);
    const found = `This is no task of a job array: the environment has none of ${names.join(', ')}.`;
    throw badArray(found, `Pass the scheduler's variables on to this process, or ${NAMED}.`);
  }
  const other = tasks.find((candidate) => indexOf(candidate) !== indexOf(task));
  if (other === undefined) return task;
  throw badArray(
    `${writeTask(task)} and ${writeTask(other)}: they are of two arrays.`,
    `Unset the one that is not meant, or ${NAMED}.`,
  );
}

const indexOf = ({ scheduler, number }: ArrayTask): number =>
  scheduler.countsFromZero ? number : number - 1;

/** `SLURM_ARRAY_TASK_ID is 3` */
export const writeTask = ({ scheduler, number }: ArrayTask): string => `${scheduler.task} is ${number}`;

/**
 * The array of a task.
 * @throws {ValueError} BAD_OPTION: its scheduler does not tell, or a variable is lost
 */
export function readArray(task: ArrayTask, environment: Environment): TaskArray {
  const { name, countsFromZero, ...variables } = task.scheduler;
  const needed = [variables.count ?? variables.last, variables.first].filter(
    (variable) => variable !== undefined,
  );
  const missing = needed.filter((variable) => readWhole(environment, variable) === undefined);
  if (needed.length === 0 || missing.length > 0) {
    const lack =
      needed.length === 0 ? `${name} does not tell of how many` : `there is no ${missing.join(' and no ')}`;
    throw badArray(`${writeTask(task)}, and ${lack}.`, COUNT_YOURSELF);
  }
  const read = (variable: string | undefined): number | undefined =>
    variable === undefined ? undefined : readWhole(environment, variable);
  const step = Math.max(read(variables.step) ?? 1, 1);
  const first = countsFromZero ? 0 : (read(variables.first) ?? 0);
  const count = read(variables.count);
  const last = read(variables.last) ?? first + ((count ?? 0) - 1) * step;
  return { first, last, count: count ?? Math.floor((last - first) / step) + 1 };
}

function readWhole(environment: Environment, variable: string): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badArray(`${variable} is ${show(text)}, which is no whole number.`, `Mend it, or ${NAMED}.`);
}
