/**
 * Fills ranges of torch's draws.
 * @module
 */
import { NotImplementedError } from '../../base/errors.js';
import type { ElementArray } from '../tensors/dtypes.js';
import type { TorchDraw } from './torch-draw.js';

export function fillTorchRange({ kernel }: TorchDraw, start: number, out: ElementArray): void {
  if (out.length > 0)
    throw new NotImplementedError(`${kernel.kind} from ${start}`, 'It comes with the next commit.');
}

/** The second normal that the draw leaves for the next one. */
export function cachedAfter({ kernel }: TorchDraw): number | undefined {
  throw new NotImplementedError(kernel.kind, 'It comes with the next commit.');
}
