import { afterEach, expect, test, vi } from 'vitest';
import { Engine } from 'jumpfill';
import { countThreads } from '../../../src/engine/host/threads.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const reader =
  (files: Record<string, string>) =>
  (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };

test.each([
  ['no cgroup', {}, 64],
  ['v2 without a limit', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 64],
  ['v2, 2 processors', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' }, 2],
  [
    'v2, two and a half processors: a third thread has work',
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '250000 100000' },
    3,
  ],
  ['v2, a tenth', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '10000 100000' }, 1],
  [
    'v2, the tightest of the groups above',
    {
      '/proc/self/cgroup': '0::/pod/container\n',
      '/sys/fs/cgroup/pod/cpu.max': '400000 100000',
      '/sys/fs/cgroup/pod/container/cpu.max': '800000 100000',
    },
    4,
  ],
  [
    'v1 without a limit',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
    64,
  ],
  [
    'v1, 3 processors',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
    3,
  ],
  [
    'a quota above the processors',
    { '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': '9900000 100000' },
    64,
  ],
] as const)('%s', (_, files, threads) => {
  expect(countThreads(reader(files), 64, {})).toBe(threads);
});

test.each([
  ['fewer processors than the machine', '8', 64, 8],
  ['more processors than affinity allows', '8', 4, 4],
  ['nothing', undefined, 64, 64],
  ['an empty variable', '', 64, 64],
  ['a word', 'all', 64, 64],
  ['zero', '0', 64, 64],
])('a Slurm task that has %s', (_, text, processors, threads) => {
  expect(countThreads(reader({}), processors, { SLURM_CPUS_PER_TASK: text })).toBe(threads);
});

test("a Slurm task has no more than the cgroup's quota", () => {
  const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' };
  expect(countThreads(reader(files), 64, { SLURM_CPUS_PER_TASK: '8' })).toBe(2);
});

test('an engine in a Slurm task of 1 processor has 1 thread, unless the option says otherwise', async () => {
  vi.stubEnv('SLURM_CPUS_PER_TASK', '1');
  await using engine = new Engine();
  await using chosen = new Engine({ threads: 2 });
  expect([engine.threads, chosen.threads]).toEqual([1, 2]);
});

test('this machine has at least one thread', () => {
  expect(countThreads()).toBeGreaterThanOrEqual(1);
});
