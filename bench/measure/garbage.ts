/**
 * Large tensors that nobody uses any more: the collector would let them lie, since all it sees of them is a small object.
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Frees what this thread alone has held. */
export function collectGarbage(): void {
  collect();
}
