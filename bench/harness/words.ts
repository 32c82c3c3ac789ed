/**
 * Numbers in sentences and labels.
 * @module
 */
import { BYTES_PER_ELEMENT } from './answer.js';

/** 1 thread, 2 threads */
export const nameThreads = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;

/** 256 KiB, 4 MiB */
export function nameSize(elements: number): string {
  const kibibytes = (elements * BYTES_PER_ELEMENT) / 1024;
  return kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
}
