/** Manifests of Kubernetes: read, and checked against its API without a cluster. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { INSTALLED } from './install.js';

export interface ExitCodes {
  readonly containerName?: string;
  readonly operator: 'In' | 'NotIn';
  readonly values: readonly number[];
}

export interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface JobSpec {
  readonly completionMode?: string;
  readonly completions?: number;
  readonly suspend?: boolean;
  readonly backoffLimit?: number;
  readonly backoffLimitPerIndex?: number;
  readonly podReplacementPolicy?: string;
  readonly podFailurePolicy: {
    readonly rules: readonly { readonly action: string; readonly onExitCodes?: ExitCodes }[];
  };
  readonly template: {
    readonly spec: {
      readonly restartPolicy: string;
      readonly initContainers?: readonly Container[];
      readonly containers: readonly Container[];
      readonly volumes: readonly {
        readonly name: string;
        readonly persistentVolumeClaim: { readonly claimName: string };
      }[];
    };
  };
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}

const require = createRequire(join(INSTALLED, 'package.json'));

export function readManifests(path: string): readonly Manifest[] {
  const { parseAllDocuments } = require('yaml') as {
    parseAllDocuments: (
      text: string,
    ) => readonly { readonly errors: readonly Error[]; toJS: () => Manifest }[];
  };
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS();
  });
}

/** The module of a kind: `batch/v1/Job`, and `v1/PersistentVolumeClaim` of the core. */
const moduleOf = ({ apiVersion, kind }: Manifest): string => `kubernetes-models/${apiVersion}/${kind}`;

/** @throws what the schema of the Kubernetes API says against the manifest's values */
export function validate(manifest: Manifest): void {
  const kinds = require(moduleOf(manifest)) as Readonly<
    Record<string, new (manifest: Manifest) => { validate: () => void }>
  >;
  const Kind = kinds[manifest.kind];
  if (Kind === undefined) throw new Error(`no ${manifest.kind}`);
  new Kind(manifest).validate();
}

/** The fields that the API does not know: the schema lets them pass, the types made from it do not. @returns what tsc says */
export function findUnknownFields(manifests: readonly Manifest[]): string {
  const lines = manifests.flatMap((manifest, i) => [
    `import type { I${manifest.kind} as Kind${i} } from '${moduleOf(manifest)}';`,
    `export const manifest${i}: Kind${i} = ${JSON.stringify(manifest)};`,
  ]);
  writeFileSync(join(INSTALLED, 'manifests.ts'), lines.join('\n'));
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck'];
  const tsc = resolve('node_modules/.bin/tsc');
  try {
    execFileSync(tsc, [...options, '--types', '', 'manifests.ts'], {
      cwd: INSTALLED,
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
