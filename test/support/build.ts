/** Threads run built files: builds when a source is newer than the build, so that no test sees yesterday's code. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/src/index.js';

export default function buildIfStale(): void {
  // Programs that tests write go here: inside the package, so that they import it by its name.
  mkdirSync('build', { recursive: true });
  if (modifiedAt(BUILT) >= Math.max(...['src', 'workers'].map(newestIn))) return;
  execFileSync('npm', ['run', 'build'], { stdio: 'inherit' });
}

const modifiedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(...files.map((file) => modifiedAt(join(file.parentPath, file.name))));
}
