/** The campaigns of test/torture as processes. */
import { execFile } from 'node:child_process';

export interface Outcome {
  readonly code: number | string;
  readonly stdout: string;
}

export const torture = async (...parameters: string[]): Promise<Outcome> =>
  await new Promise((resolve) => {
    execFile(process.execPath, ['test/torture/main.mjs', ...parameters], (error, stdout) => {
      resolve({ code: error?.code ?? 0, stdout });
    });
  });

export const NOTHING_WRONG = /; wrong bytes 0, stuck 0, raw error 0, left behind 0, wrong exit 0\n$/;
