/**
 * Times commands as a shell would run them: separate processes, from start to end.
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clock } from './contest.js';

const run = promisify(execFile);

const CLI_PATH = fileURLToPath(new URL('cli.js', import.meta.resolve('#built/index.js')));

/** Milliseconds of `jumpfill ...`. @throws it fails */
export const clockCli = (...argv: readonly string[]): Promise<number> => clockNode(CLI_PATH, ...argv);

/** The same with more variables. */
export const clockCliIn = (
  variables: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<number> =>
  clock(() =>
    run(process.execPath, [CLI_PATH, ...argv], {
      maxBuffer: 2 ** 26,
      env: { ...process.env, ...variables },
    }),
  );

/** Milliseconds of `node ...`. @throws it fails */
export const clockNode = (...argv: readonly string[]): Promise<number> =>
  clock(() => run(process.execPath, argv, { maxBuffer: 2 ** 26 }));
