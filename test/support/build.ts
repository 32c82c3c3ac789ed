/** Threads run built files: builds if a source is newer than the build, so that no test runs old code. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';

export default function buildIfStale(): void {
  // Programs that tests write go here: inside the package, so that they import it by its name.
  mkdirSync('build', { recursive: true });
  // A build of single modules stays one.
  const isBundle = !existsSync('dist') || existsSync('dist/chunks');
  const flags = isBundle ? ['--if-stale'] : ['--if-stale', '--modules'];
  execFileSync(process.execPath, ['build.mjs', ...flags], { stdio: 'inherit' });
}
