/**
 * What tells a file apart from what it was before, and from others, without reading it.
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { readError } from './io-errors.js';

/** As JSON. Device numbers change when a machine starts again, so there is none. */
export interface FileIdentity {
  readonly bytes: number;
  /** When it was last changed, in nanoseconds since 1970, in decimal digits. */
  readonly mtime_ns: string;
  /** Its number in its file system, in decimal digits. */
  readonly ino: string;
}

const WORDS: Readonly<Record<keyof FileIdentity, string>> = {
  bytes: 'size',
  mtime_ns: 'time of change (ns)',
  ino: 'inode',
};

/** @throws {JumpfillError} IO_FAILED */
export async function identify(file: FileHandle, path: string): Promise<FileIdentity> {
  const { size, mtimeNs, ino } = await file.stat({ bigint: true }).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  return { bytes: Number(size), mtime_ns: String(mtimeNs), ino: String(ino) };
}

/** Describes what differs; undefined if nothing does. */
export function describeChange(before: FileIdentity, now: FileIdentity): string | undefined {
  const key = (Object.keys(WORDS) as (keyof FileIdentity)[]).find((name) => before[name] !== now[name]);
  return key && `its ${WORDS[key]} was ${before[key]} and is ${now[key]}`;
}

/** Whether what a file of this library holds can be an identity. */
export function isIdentity(value: unknown): value is FileIdentity {
  const { bytes, mtime_ns: mtime, ino } = (value ?? {}) as Partial<Record<keyof FileIdentity, unknown>>;
  return Number.isSafeInteger(bytes) && typeof mtime === 'string' && typeof ino === 'string';
}
