/**
 * Programs in C, for comparison: compiled where there is a compiler.
 * @module
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '#built/base/errors.js';
import { pathInBench } from './folders.js';

const run = promisify(execFile);

export type Compiled =
  { readonly kind: 'compiled'; readonly path: string } | { readonly kind: 'missing'; readonly why: string };

/**
 * @param source  from bench/: `probes/memset.c`
 * @param path    of the program
 */
export async function compileC(source: string, path: string): Promise<Compiled> {
  try {
    await run('cc', ['-O2', '-pthread', '-o', path, pathInBench(source)]);
    return { kind: 'compiled', path };
  } catch (error) {
    return { kind: 'missing', why: `cc: ${messageOf(error)}` };
  }
}

/** From the start of the process to its end. */
export async function clockProgram(
  path: string,
  parameters: readonly (string | number)[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const startedAt = performance.now();
  await run(path, parameters.map(String), { env: { ...process.env, ...environment } });
  return performance.now() - startedAt;
}
