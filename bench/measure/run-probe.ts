/**
 * Fresh processes: a probe is a program that prints one JSON value.
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @param probe  its file in build/bench/probes, without extension */
export async function runProbe<T>(
  probe: string,
  parameters: readonly (string | number)[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const path = fileURLToPath(new URL(`../probes/${probe}.js`, import.meta.url));
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  const { stdout } = await run(process.execPath, [path, ...parameters.map(String)], options);
  return JSON.parse(stdout) as T;
}
