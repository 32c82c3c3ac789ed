/**
 * Opens the output of any target.
 * @module
 */
import { memoryOutput } from '../engine/memory-output.js';
import type { Target } from '../engine/protocol.js';
import type { Output } from '../engine/shift.js';
import { fileOutput } from './file-output.js';

export function openOutput(target: Target): Output {
  return target.kind === 'memory' ? memoryOutput(target) : fileOutput(target);
}
