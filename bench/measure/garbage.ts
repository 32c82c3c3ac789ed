/**
 * Frees large tensors that are no longer used: the collector would keep them, since it only sees a small object for each.
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Frees memory that only this thread held. */
export function collectGarbage(): void {
  collect();
}
