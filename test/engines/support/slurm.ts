/** A Slurm cluster of one node, on loopback, in a folder of its own. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './needs.js';
import { call, findPort, Service, untilTrue } from './services.js';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'srun', 'scontrol', 'scancel', 'squeue'];
export const SLURM = { programs: PROGRAMS, packages: 'slurmctld slurmd slurm-client munge' };

const nodeName = (): string => hostname().split('.')[0] ?? '';

/**
 * More processors than there are, so that all tasks run at once; an hour for everything that would be given up on a busy machine; and
 * jobs that are never forgotten, where 0 would forget those that ended at once, every minute.
 */
function configurationOf(folder: string, controllerPort: number, nodePort: number): string {
  const node = nodeName();
  return `
ClusterName=loopback
SlurmctldHost=${node}(127.0.0.1)
SlurmUser=root
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
AuthType=auth/munge
AuthInfo=socket=${socketIn(folder)}
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
MinJobAge=65533
SlurmctldTimeout=3600
SlurmdTimeout=3600
MessageTimeout=300
KillWait=3600
UnkillableStepTimeout=3600
NodeName=${node} NodeAddr=127.0.0.1 CPUs=64 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

const socketIn = (folder: string): string => join(folder, 'munge/socket');

/** What the cluster keeps, its key and its configuration. */
async function prepareFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'jumpfill-slurm-'));
  chmodSync(folder, 0o755);
  for (const name of ['munge', 'state', 'spool']) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
  const [controllerPort, nodePort] = [await findPort(), await findPort()];
  writeFileSync(join(folder, 'slurm.conf'), configurationOf(folder, controllerPort, nodePort));
  return folder;
}

const serviceOf = (
  folder: string,
  name: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
): Service => new Service(findProgram(name) ?? name, parameters, join(folder, `${name}.log`), env);

/** Without it, nobody is known to be who he says. */
function startMunge(folder: string): Service {
  const places = {
    '--key-file': join(folder, 'munge/key'),
    '--socket': socketIn(folder),
    '--pid-file': join(folder, 'munge/pid'),
    '--log-file': join(folder, 'munge/log'),
    '--seed-file': join(folder, 'munge/seed'),
  };
  const parameters = Object.entries(places).map(([option, path]) => `${option}=${path}`);
  return serviceOf(folder, 'munged', ['--foreground', '--force', ...parameters], {});
}

/** slurmstepd, of a process that it started; 0 if that has ended. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** It may have ended with another. */
function kill(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What tells a new run of a task from the one that was killed. */
const SECOND_MS = 1000;

export class SlurmCluster {
  #node: Service;

  private constructor(
    readonly folder: string,
    readonly munged: Service,
    readonly controller: Service,
  ) {
    this.#node = serviceOf(folder, 'slurmd', ['-D'], this.#environment);
  }

  get #environment(): Readonly<Record<string, string>> {
    return { SLURM_CONF: join(this.folder, 'slurm.conf') };
  }

  static async start(): Promise<SlurmCluster> {
    const folder = await prepareFolder();
    const env = { SLURM_CONF: join(folder, 'slurm.conf') };
    const munged = startMunge(folder);
    try {
      await munged.ready(async () => (await call('munge', ['-n', '-S', socketIn(folder)])) !== '');
      const controller = serviceOf(folder, 'slurmctld', ['-D'], env);
      const cluster = new SlurmCluster(folder, munged, controller);
      await cluster.#ready();
      return cluster;
    } catch (error) {
      await munged.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws what a service printed, if it ends instead; the other one is stopped */
  async #ready(): Promise<void> {
    const isIdle = async (): Promise<boolean> => (await this.call('sinfo', '-h', '-o', '%t')) === 'idle';
    try {
      await Promise.race([this.controller.ready(isIdle), this.#node.ready(isIdle)]);
    } catch (error) {
      await Promise.all([this.controller.stop(), this.#node.stop()]);
      throw error;
    }
  }

  /** Calls a program of Slurm. */
  async call(program: string, ...parameters: readonly string[]): Promise<string> {
    return await call(program, parameters, { env: this.#environment });
  }

  /** @returns the job's number */
  async submit(
    cwd: string,
    env: Readonly<Record<string, string>>,
    ...parameters: readonly string[]
  ): Promise<string> {
    return await call('sbatch', ['--parsable', ...parameters], {
      cwd,
      env: { ...env, ...this.#environment },
    });
  }

  /** @param command  a line of a shell, which ends by submitting a job. @returns the job's number */
  async submitByShell(cwd: string, command: string): Promise<string> {
    const printed = await call('bash', ['-euc', command], { cwd, env: this.#environment });
    return /^Submitted batch job (\d+)$/.exec(printed)?.[1] ?? '';
  }

  /** The states of a job's tasks: `COMPLETED`, `PENDING`, ... */
  async statesOf(job: string): Promise<readonly string[]> {
    const text = await this.call('scontrol', 'show', 'job', job);
    return [...text.matchAll(/JobState=(\w+)/g)].map(([, state = '']) => state);
  }

  /** Resolves when no task of the job waits or runs. @returns their last states */
  async ended(job: string): Promise<readonly string[]> {
    const isOver = (state: string): boolean => !/PENDING|RUNNING|COMPLETING|SUSPENDED/.test(state);
    await untilTrue(async () => (await this.statesOf(job)).every(isOver));
    return await this.statesOf(job);
  }

  /**
   * Starts a task that was requeued: Slurm lets two minutes pass first. In the second in which its first run ended the node would refuse
   * it: "already killed, do not launch batch job".
   */
  async startRequeued(job: string): Promise<void> {
    // Not before its first run has ended altogether.
    await untilTrue(async () =>
      (await this.call('scontrol', 'show', 'job', job)).includes('JobState=PENDING Reason=BeginTime'),
    );
    await sleep(SECOND_MS);
    await this.call('scontrol', 'update', `JobId=${job}`, 'StartTime=now');
  }

  /** The node dies with all that runs on it. Slurm requeues the tasks. */
  async failNode(): Promise<void> {
    const listed = await this.call('scontrol', 'listpids');
    const tasks = [...listed.matchAll(/^(\d+) /gm)].map(([, pid]) => Number(pid));
    await this.#node.stop('SIGKILL');
    for (const pid of new Set([...tasks.map(parentOf), ...tasks])) kill(pid);
    await this.call('scontrol', 'update', `NodeName=${nodeName()}`, 'State=DOWN', 'Reason=test');
  }

  /** The node is up again as soon as it registers (ReturnToService): RESUME would be refused from then on. */
  async repairNode(): Promise<void> {
    this.#node = serviceOf(this.folder, 'slurmd', ['-D', '-c'], this.#environment);
    await this.#ready();
  }

  async stop(): Promise<void> {
    // What waits, and what runs, whether it heeds a signal or not.
    await this.call('scancel', '--user=root').catch(() => '');
    await this.call('scancel', '--full', '--signal=KILL', '--user=root').catch(() => '');
    await untilTrue(async () => (await this.call('squeue', '-h')) === '');
    for (const service of [this.#node, this.controller, this.munged]) await service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
