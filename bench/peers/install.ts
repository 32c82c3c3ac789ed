/**
 * Installs the JavaScript peers that bench/peers/package-lock.json names, there.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { pathInBench } from '../measure/folders.js';

export function installPeers(): void {
  const parameters = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', parameters, {
    cwd: pathInBench('peers/'),
    // Standard output belongs to the results.
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
