/**
 * What the Job controller of Kubernetes does, as far as a manifest depends on it: pods of an indexed job, which are tried again as the
 * policy says. A pod is its container's command in namespaces of its own, with the volume's folder in place of its mount.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inContainer } from './containers.js';
import type { Container, JobSpec } from './manifests.js';

/** What came of a pod. */
export interface Pod {
  readonly index: number;
  /** 128 + the signal's number, where one ended it. */
  readonly exitCode: number;
  readonly output: string;
}

export interface JobRun {
  readonly isComplete: boolean;
  readonly pods: readonly Pod[];
}

export interface Cluster {
  /** The folder of the volume, which has `node_modules/.bin/jumpfill`. */
  readonly volume: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `FailJob`, `Ignore`, or `Count`: what the first rule that names the exit code says. */
export function actionOn(exitCode: number, { podFailurePolicy }: JobSpec): string {
  const rule = podFailurePolicy.rules.find(({ onExitCodes }) => {
    if (onExitCodes === undefined) return false;
    return onExitCodes.values.includes(exitCode) === (onExitCodes.operator === 'In');
  });
  return rule?.action ?? 'Count';
}

/** Runs one container to its end. */
export async function runContainer(
  { command, args, volumeMounts }: Container,
  { volume, env }: Cluster,
  index: number,
): Promise<Pod> {
  const [mount] = volumeMounts;
  const moved = [...command, ...args].map((word) => word.replace(mount?.mountPath ?? '', volume));
  const [program, ...parameters] = inContainer('pod', ...moved);
  const child = spawn(program, parameters, {
    cwd: volume,
    env: {
      ...process.env,
      PATH: `${join(volume, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      JOB_COMPLETION_INDEX: String(index),
      ...env,
    },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { index, exitCode: code ?? 137, output: Buffer.concat(chunks).toString() };
}

/** Runs all indices at once, as `parallelism` of that many does, and each until it succeeds or the policy gives up. */
export async function runIndexedJob(spec: JobSpec, cluster: Cluster): Promise<JobRun> {
  const pods: Pod[] = [];
  let isFailed = false;
  const runIndex = async (index: number): Promise<void> => {
    for (let failures = 0; failures <= (spec.backoffLimitPerIndex ?? 0) && !isFailed;) {
      const [container] = spec.template.spec.containers;
      if (container === undefined) throw new Error('no container');
      const pod = await runContainer(container, cluster, index);
      pods.push(pod);
      if (pod.exitCode === 0) return;
      const action = actionOn(pod.exitCode, spec);
      if (action === 'Count') failures++;
      else isFailed ||= action === 'FailJob';
    }
    isFailed = true;
  };
  await Promise.all(Array.from({ length: spec.completions ?? 0 }, (_, index) => runIndex(index)));
  return { isComplete: !isFailed, pods };
}
