/**
 * Opens the output of any target.
 * @module
 */
import type { Filler } from '../engine/filler.js';
import { memoryOutput } from '../engine/memory-output.js';
import type { Target } from '../engine/protocol.js';
import type { Output } from '../engine/shift.js';
import { fileOutput } from './file-output.js';

export function openOutput(target: Target, filler: Filler): Output {
  return target.kind === 'memory' ? memoryOutput(target, filler) : fileOutput(target, filler);
}
