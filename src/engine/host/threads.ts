/**
 * Counts the threads that this process can really run at once.
 * @module
 */
import { fs, os } from './builtins.js';

/**
 * The processors that affinity (os.availableParallelism), the cgroup's quota, which Node 20 ignores, and Slurm allow; Slurm may give a
 * task processors without binding it to them.
 * @param read  reads a file as text; throws if it does not exist
 */
export function countThreads(
  read: (path: string) => string = readText,
  processors = os().availableParallelism(),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): number {
  const quota = Math.min(readQuotaV2(read), readQuotaV1(read));
  return Math.max(1, Math.min(processors, Math.ceil(quota), readTaskProcessors(environment)));
}

/** Set only by `sbatch --cpus-per-task`. https://slurm.schedmd.com/sbatch.html */
function readTaskProcessors({
  SLURM_CPUS_PER_TASK: text = '',
}: Readonly<Record<string, string | undefined>>): number {
  const processors = /^\d+$/.test(text) ? Number(text) : 0;
  return processors > 0 ? processors : Infinity;
}

const readText = (path: string): string => fs().readFileSync(path, 'utf8');

/** cgroup v2: the tightest `cpu.max` ("200000 100000" is 2 processors, "max" no limit) from our group up to the root. */
function readQuotaV2(read: (path: string) => string): number {
  const group = /^0::(.*)$/m.exec(attempt(read, '/proc/self/cgroup'))?.[1] ?? '/';
  const names = group.split('/').filter((name) => name !== '');
  const folders = ['', ...names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`)];
  const quotas = folders.map((folder) => {
    const [quota = 'max', period = ''] = attempt(read, `/sys/fs/cgroup${folder}/cpu.max`).trim().split(' ');
    return toProcessors(quota, period);
  });
  return Math.min(...quotas);
}

function readQuotaV1(read: (path: string) => string): number {
  const folder = '/sys/fs/cgroup/cpu';
  return toProcessors(
    attempt(read, `${folder}/cpu.cfs_quota_us`),
    attempt(read, `${folder}/cpu.cfs_period_us`),
  );
}

/** @param quota  microseconds of processor time a period; anything but a positive number means no limit */
function toProcessors(quota: string, period: string): number {
  const processors = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return processors > 0 ? processors : Infinity;
}

function attempt(read: (path: string) => string, path: string): string {
  try {
    return read(path);
  } catch {
    return '';
  }
}
