/**
 * Numbers in sentences and labels.
 * @module
 */
import { BYTES_PER_ELEMENT } from './answer.js';

/** 1 shift, 2 shifts */
export const nameCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const nameThreads = (threads: number): string => nameCount(threads, 'thread');

/** 256 KiB, 4 MiB */
export function nameSize(elements: number): string {
  const kibibytes = (elements * BYTES_PER_ELEMENT) / 1024;
  return kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
}
