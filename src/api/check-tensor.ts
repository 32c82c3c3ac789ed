/**
 * Tensors that callers pass.
 * @module
 */
import { ValueError } from '../base/errors.js';
import { show } from '../base/wording.js';
import { isSharedTensor } from '../engine/memory/shared-tensor.js';

/**
 * @param what  what a message calls it
 * @throws {ValueError} BAD_BUFFER: not a SharedTensor
 */
export function checkTensor(tensor: unknown, what = 'The tensor'): void {
  if (isSharedTensor(tensor)) return;
  throw new ValueError(
    'BAD_BUFFER',
    `${what} is ${show(tensor)}.`,
    'Make one with SharedTensor.empty, or wrap what another thread sent: SharedTensor.wrap(memory ?? buffer, shape).',
  );
}
