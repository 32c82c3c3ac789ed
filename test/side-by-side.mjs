/**
 * Runs commands side by side: one that compiles and one that waits for processes share two cores well. The last command's output is shown
 * live, the output of the others when all have ended. Exits with 1 if any command fails, and names it.
 * @example node test/side-by-side.mjs "npm run check" "vitest run"
 */
import { spawn } from 'node:child_process';

/** @returns the command, its exit code (null if a signal ended it) and what it printed, unless that was shown */
function run(command, isShown) {
  const child = spawn(command, {
    shell: true,
    stdio: ['ignore', ...Array(2).fill(isShown ? 'inherit' : 'pipe')],
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ command, code, output: Buffer.concat(chunks).toString() }));
  });
}

const commands = process.argv.slice(2);
const ended = await Promise.all(commands.map((command, i) => run(command, i === commands.length - 1)));
for (const { command, code, output } of ended) {
  if (output.trim() !== '') console.log(`\n> ${command}\n${output.trimEnd()}`);
  if (code === 0) continue;
  console.log(`FAILED: ${command} ${code === null ? 'was ended by a signal' : `exited with ${code}`}`);
  process.exitCode = 1;
}
