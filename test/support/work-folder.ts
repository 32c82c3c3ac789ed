/** Finds the files of a run in a work folder by their stems, since names carry a random token. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The path of the file with this stem in the last owner's folder. */
export function findOwn(workFolder: string, stem: string): string {
  const path = readdirSync(workFolder, { recursive: true })
    .map(String)
    .find((name) => name.split('/').at(-1)?.startsWith(`${stem}.`));
  if (path === undefined) throw new Error(`${workFolder} holds no ${stem}`);
  return join(workFolder, path);
}

/** A line of a journal with a checksum that fits. */
export function journalLine(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${text} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** The text of a line without its checksum. */
export const textOfLine = (line: string): string => line.slice(0, line.lastIndexOf(' '));
