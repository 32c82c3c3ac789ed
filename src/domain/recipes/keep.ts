/**
 * Kept tensors: their bytes are those of the checkpoint that the model is like, so whatever draws refuses them.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor } from '../../base/wording.js';

export const KEPT_WHOLE = 'A tensor is kept whole, or drawn: give its rows an initialiser that draws.';

/**
 * @param where  what a message calls the call
 * @throws {ValueError} BAD_SPEC: a kept tensor where there is no checkpoint to take it from
 */
export function refuseKept(kind: string, name: string | undefined, where: string): void {
  if (kind !== 'keep') return;
  const found = `${where}: ${nameTensor(name)} has the initialiser keep, which draws nothing.`;
  throw new ValueError(
    'BAD_SPEC',
    found,
    'It copies a tensor from a checkpoint: use it with writeCheckpoint and `like`.',
  );
}
