/** workers/engines/kubernetes.yaml: valid by the API of Kubernetes, and its containers' commands with the environment of a Job. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Hold } from './support/hold.js';
import { actionOn, runContainer, runIndexedJob, type Cluster } from './support/indexed-job.js';
import {
  findUnknownFields,
  readManifests,
  validate,
  type JobSpec,
  type Manifest,
} from './support/manifests.js';
import { hashesOf, hashesOfPlainRun, makeProject, PARTS, SHARD_SIZE } from './support/model.js';
import { needNamespaces, needPackage, skipWithout } from './support/needs.js';

const missing = [needPackage('kubernetes-models'), needPackage('yaml')];
const manifests = skipWithout(...missing) ? readManifests('workers/engines/kubernetes.yaml') : [];

const named = (name: string): Manifest => {
  const manifest = manifests.find(({ metadata }) => metadata.name === name);
  if (manifest === undefined) throw new Error(`no ${name}`);
  return manifest;
};

const jobOf = (name: string): JobSpec => named(name).spec as JobSpec;

/** The model of the tests in place of the example's. */
function parts(model = 'spec.json'): JobSpec {
  const text = JSON.stringify(jobOf('jumpfill-parts'));
  return JSON.parse(text.replace('llama-3-8b', model).replace('1GB', SHARD_SIZE)) as JobSpec;
}

describe('the manifests', () => {
  test('have the values that the schemas of the Kubernetes API ask for', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'Job', 'Job']);
    for (const manifest of manifests)
      expect(() => {
        validate(manifest);
      }).not.toThrow();
    const wrong = { ...named('jumpfill-parts'), spec: { ...jobOf('jumpfill-parts'), completions: '4' } };
    expect(() => {
      validate(wrong);
    }).toThrow('completions must be integer');
  });

  test('have no field that the API does not know', () => {
    expect(findUnknownFields(manifests)).toBe('');
    const wrong = { ...named('jumpfill-parts'), spec: { ...jobOf('jumpfill-parts'), completion: 4 } };
    expect(findUnknownFields([wrong])).toMatch(/completion.* does not exist/);
  });

  test('satisfy what the API server asks beyond the schemas', () => {
    const [job, merge] = [jobOf('jumpfill-parts'), jobOf('jumpfill-merge')];
    for (const { template } of [job, merge]) expect(template.spec.restartPolicy).toBe('Never');
    expect(job).toMatchObject({ completionMode: 'Indexed', podReplacementPolicy: 'Failed' });
    const claims = [job, merge].flatMap(({ template }) => template.spec.volumes);
    expect(new Set(claims.map((volume) => volume.persistentVolumeClaim.claimName))).toEqual(
      new Set([named('checkpoints').metadata.name]),
    );
  });

  test('count as many indices as parts, and merge the file that the parts write', () => {
    const [part] = jobOf('jumpfill-parts').template.spec.containers;
    const { initContainers = [], containers } = jobOf('jumpfill-merge').template.spec;
    expect(part?.args).toContain(`--part=auto/${jobOf('jumpfill-parts').completions}`);
    const out = part?.args.find((word) => word.startsWith('--out='))?.slice('--out='.length) ?? '';
    expect(initContainers[0]?.args).toEqual(['merge', out]);
    expect(containers[0]?.args).toEqual(['verify', `${out}.index.json`]);
  });

  test('give up on a mistake, and count neither a lock nor a stop as an attempt', () => {
    const action = (code: number): string => actionOn(code, jobOf('jumpfill-parts'));
    expect([1, 2, 75, 137, 143].map(action)).toEqual(['Count', 'FailJob', 'Ignore', 'Count', 'Ignore']);
    const actionOfMerge = (code: number): string => actionOn(code, jobOf('jumpfill-merge'));
    expect([1, 2, 75, 137, 143].map(actionOfMerge)).toEqual([1, 2, 75, 137, 143].map(action));
  });
});

describe('the pods', () => {
  const unable = needNamespaces();

  /** Runs the merge Job's containers, one after the other, until one fails. @returns their exit codes */
  async function merge(cluster: Cluster): Promise<number[]> {
    const { initContainers = [], containers } = jobOf('jumpfill-merge').template.spec;
    const codes: number[] = [];
    for (const container of [...initContainers, ...containers]) {
      codes.push((await runContainer(container, cluster, 0)).exitCode);
      if (codes.at(-1) !== 0) break;
    }
    return codes;
  }

  test('a pod that is killed is replaced by one of the same name and numbers, and the checkpoint is that of a plain run', async (context) => {
    if (unable !== undefined) context.skip(unable);
    const [volume, hold] = [makeProject(), new Hold('task 2', 'kill')];
    const { isComplete, pods } = await runIndexedJob(parts(), { volume, env: hold.environment });
    expect(pods.map(({ index }) => index).toSorted()).toEqual([0, 1, 2, 2, 3]);
    expect(pods.find(({ exitCode }) => exitCode !== 0)).toMatchObject({ index: 2, exitCode: 137 });
    expect(isComplete).toBe(true);
    expect(await merge({ volume })).toEqual([0, 0]);
    expect(hashesOf(volume)).toEqual(await hashesOfPlainRun());
  });

  test('the Job fails at once when the spec is wrong', async (context) => {
    if (unable !== undefined) context.skip(unable);
    const volume = makeProject();
    const { isComplete, pods } = await runIndexedJob(parts('no-such-spec.json'), { volume });
    expect(isComplete).toBe(false);
    expect(pods.map(({ exitCode }) => exitCode)).toEqual(Array(PARTS).fill(2));
  });

  test('a merge before the parts are complete fails and changes nothing', async (context) => {
    if (unable !== undefined) context.skip(unable);
    const volume = makeProject();
    expect(await merge({ volume })).toEqual([2]);
    expect(readdirSync(volume).toSorted()).toEqual(['node_modules', 'spec.json']);
  });
});
