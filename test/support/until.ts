/** Waits for what another process or thread does. */
import { setTimeout } from 'node:timers/promises';

const PAUSE_MS = 3;

/** Resolves when the condition holds. It polls every few ms: without a pause it would occupy the core that the other one needs. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(PAUSE_MS);
}
