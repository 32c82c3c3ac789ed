/**
 * A program that tests words, with the producer of its words piped into it.
 * @module
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PRODUCER = fileURLToPath(new URL('../streams/produce.js', import.meta.url));

/** $0 node, $1 producer, $2 arrangement, $3 place, then the program and its arguments. What the producer complains of is shown. */
const SCRIPT =
  'node=$0; producer=$1; name=$2; place=$3; shift 3; "$node" "$producer" "$name" "$place" 2>&3 | "$@"';

/** A shell's pipe, because a pipe between children of Node is a socket, and slower. */
const scriptArguments = (name: string, place: number, command: readonly string[]): string[] => [
  '-c',
  SCRIPT,
  process.execPath,
  PRODUCER,
  name,
  String(place),
  ...command,
];

/**
 * Runs a program on the words of an arrangement from a place on, until the program ends.
 * @param outFile  gets what it prints
 * @returns        its exit code
 */
export const testWords = (
  arrangement: string,
  place: number,
  command: readonly string[],
  outFile: string,
): Promise<number> => run(['sh', ...scriptArguments(arrangement, place, command)], outFile);

/** Tests that throw points into gigabytes of memory are a third faster with huge pages. */
const ENVIRONMENT = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1', ...process.env };

/** Runs a program that has words of its own. */
export async function run([program = '', ...args]: readonly string[], outFile: string): Promise<number> {
  const out = openSync(outFile, 'w');
  try {
    const child = spawn(program, args, {
      stdio: ['ignore', out, 'ignore', process.stderr],
      env: ENVIRONMENT,
    });
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        resolve(code ?? 1);
      });
    });
  } finally {
    closeSync(out);
  }
}
