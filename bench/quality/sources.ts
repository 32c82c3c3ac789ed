/**
 * The programs that test: TestU01 under a driver of our own, which is compiled here, and PractRand's RNG_test. Both are others' work and
 * are taken from where the user has them.
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValueError } from '#built/base/errors.js';
import { pathInBench } from '../measure/folders.js';

/** Compiled programs, seen from build/bench/quality. */
const PROGRAMS = fileURLToPath(new URL('../../quality/', import.meta.url));

/** Debian's names of TestU01's libraries, and those of its authors. */
const LIBRARIES = [
  ['-ltestu01', '-ltestu01probdist', '-ltestu01mylib'],
  ['-ltestu01', '-lprobdist', '-lmylib'],
];

/**
 * @param prefix  where TestU01 is installed: its include and lib lie there; undefined if the compiler finds it by itself
 * @returns       the driver's path
 * @throws {ValueError} BAD_OPTION
 */
export function compileTestu01(prefix: string | undefined): string {
  mkdirSync(PROGRAMS, { recursive: true });
  const program = join(PROGRAMS, 'testu01');
  const source = pathInBench('quality/drivers/testu01.c');
  const folders = prefix === undefined ? [] : [`-I${prefix}/include`, `-L${prefix}/lib`];
  for (const libraries of LIBRARIES) {
    const compiler = ['-O3', '-o', program, source, ...folders, ...libraries, '-lm'];
    if (spawnSync('cc', compiler, { stdio: 'ignore' }).status === 0) return program;
  }
  throw new ValueError(
    'BAD_OPTION',
    `TestU01 was not found${prefix === undefined ? '' : ` in ${prefix}`}, or there is no C compiler.`,
    "Install Debian's libtestu01-0-dev (section non-free), or pass --testu01 PREFIX of an installation.",
  );
}

/**
 * @param program  path of RNG_test, or its name in PATH
 * @throws {ValueError} BAD_OPTION: it does not run
 */
export function checkPractRand(program: string): void {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
  } catch (cause) {
    throw new ValueError(
      'BAD_OPTION',
      `${program} does not run.`,
      'Build PractRand, and pass --practrand with the path of its RNG_test.',
      { cause },
    );
  }
}
