/**
 * Job arrays: which task this process is, by the scheduler's environment variables.
 *
 * Sources. Slurm: https://slurm.schedmd.com/job_array.html. AWS Batch (indexes from 0, always):
 * https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html. Kubernetes' indexed jobs (from 0, always):
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode. OpenPBS and PBS Professional: PBS_ARRAY_INDEX of
 * `qsub -J 0-7`, qsub(1B). Torque: PBS_ARRAYID of `qsub -t 0-7`,
 * http://docs.adaptivecomputing.com/torque/4-1-3/Content/topics/2-jobs/multiJobSubmission.htm. Grid Engine (from 1, and "undefined" outside
 * an array): qsub(1), -t. LSF (from 1, and 0 outside an array): https://www.ibm.com/docs/en/SSWRJV_10.1.0/lsf_admin/job_array_cl_args.html;
 * its LSB_JOBINDEX_END is the last index without the first, so the number of tasks is unknown.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of one scheduler. */
interface Scheduler {
  readonly name: string;
  /** Has the task's number. */
  readonly task: string;
  /** Every array begins at 0; elsewhere the user chooses. */
  readonly countsFromZero?: true;
  /** The number outside of an array. */
  readonly outside?: string;
  /** Has the number of tasks. */
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
    outside: 'undefined',
    first: 'SGE_TASK_FIRST',
    last: 'SGE_TASK_LAST',
    step: 'SGE_TASK_STEPSIZE',
  },
  { name: 'LSF', task: 'LSB_JOBINDEX', outside: '0' },
];

/** A task of a job array. */
export interface ArrayTask {
  readonly scheduler: Scheduler;
  /** As the scheduler counts. */
  readonly number: number;
}

/** The tasks that were submitted; no scheduler says whether they are all tasks of the array. */
export interface TaskArray {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** The remedy where an array does not determine the number of parts. */
export const COUNT_YOURSELF =
  'Write auto/N, with the number of parts in place of N (auto0/N if the tasks count from 0).';

const NAMED = 'name the part, as in 2/8';

const badArray = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

/**
 * The task that this process is. One scheduler may run in another's job: then both must agree.
 * @throws {ValueError} BAD_OPTION: no task, or two that differ
 */
export function findTask(environment: Environment): ArrayTask {
  const tasks = SCHEDULERS.flatMap((scheduler): ArrayTask[] => {
    const isOutside = environment[scheduler.task] === scheduler.outside;
    const number = isOutside ? undefined : readWhole(environment, scheduler.task);
    return number === undefined ? [] : [{ scheduler, number }];
  });
  const [task] = tasks;
  if (task === undefined) {
    const names = SCHEDULERS.map((scheduler) => scheduler.task);
    const found = `This process is not a task of a job array: the environment has none of ${names.join(', ')}.`;
    throw badArray(found, `Pass the scheduler's variables on to this process, or ${NAMED}.`);
  }
  const other = tasks.find((candidate) => indexOf(candidate) !== indexOf(task));
  if (other === undefined) return task;
  throw badArray(
    `${writeTask(task)} and ${writeTask(other)}: these are different arrays.`,
    `Unset one of them, or ${NAMED}.`,
  );
}

const indexOf = ({ scheduler, number }: ArrayTask): number =>
  scheduler.countsFromZero ? number : number - 1;

/** `SLURM_ARRAY_TASK_ID is 3` */
export const writeTask = ({ scheduler, number }: ArrayTask): string => `${scheduler.task} is ${number}`;

/**
 * The array of a task.
 * @throws {ValueError} BAD_OPTION: its scheduler does not say, or a variable is missing
 */
export function readArray(task: ArrayTask, environment: Environment): TaskArray {
  const { name, countsFromZero, ...variables } = task.scheduler;
  const needed = [variables.count ?? variables.last, variables.first].filter(
    (variable) => variable !== undefined,
  );
  const missing = needed.filter((variable) => readWhole(environment, variable) === undefined);
  if (needed.length === 0 || missing.length > 0) {
    const lack =
      needed.length === 0
        ? `${name} does not say how many tasks there are`
        : `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
    throw badArray(`${writeTask(task)}, but ${lack}.`, COUNT_YOURSELF);
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
  throw badArray(`${variable} is ${show(text)}, not a whole number.`, `Correct it, or ${NAMED}.`);
}
