/** The command line as a process. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CLI = 'dist/src/cli.js';

export interface CliRun {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  return await new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [CLI, ...parameters], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

export function writeSpec(folder: string, spec: unknown): string {
  const path = join(folder, 'spec.json');
  writeFileSync(path, typeof spec === 'string' ? spec : JSON.stringify(spec));
  return path;
}
