/**
 * The peak memory of a probe.
 * @module
 */
import { readFileSync } from 'node:fs';

/**
 * Resident bytes of this process at most, since it became this program. What Node tells (ru_maxrss) survives exec on Linux: there a small
 * process has the size of the one that started it.
 */
export function readPeakBytes(): number {
  const kibibytes = process.platform === 'linux' ? readHighWater() : undefined;
  // Elsewhere, too, ru_maxrss is in KiB as Node tells it.
  return (kibibytes ?? process.resourceUsage().maxRSS) * 1024;
}

function readHighWater(): number | undefined {
  const [, digits] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
