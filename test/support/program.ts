/** A program in a process of its own, in the package's folder, so that it imports the package by its name. */
import { spawnSync } from 'node:child_process';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param preload  a module of test/faults that makes the process believe it is another */
export function runProgram(
  parameters: readonly string[],
  preload?: string,
  environment: Readonly<Record<string, string>> = {},
): ProgramRun {
  const flags = preload === undefined ? [] : ['--import', `./test/faults/${preload}.mjs`];
  const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...parameters], options);
  return { code: status, stdout, stderr };
}

/** Runs the source of an ES module. */
export const evaluate = (
  source: string,
  preload?: string,
  environment?: Readonly<Record<string, string>>,
): ProgramRun => runProgram(['--input-type=module', '--eval', source], preload, environment);
