/**
 * The peak memory of a probe.
 * @module
 */
import { readFileSync } from 'node:fs';

/**
 * The peak of this process's resident bytes since it became this program. Node's own number (ru_maxrss) survives exec on Linux: there a
 * small process would show the size of its parent.
 */
export function readPeakBytes(): number {
  const kibibytes = process.platform === 'linux' ? readHighWater() : undefined;
  // Node gives ru_maxrss in KiB on every system.
  return (kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}

function readHighWater(): number | undefined {
  const [, digits] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
