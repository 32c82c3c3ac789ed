/** Threads run built files: builds if a source is newer than the build, so that no test runs old code. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export default function buildIfStale(): void {
  // Programs that tests write go here: inside the package, so that they import it by its name.
  mkdirSync('build', { recursive: true });
  execFileSync(process.execPath, ['build.mjs', '--if-stale'], { stdio: 'inherit' });
}
