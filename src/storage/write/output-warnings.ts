/**
 * Warnings about files beside an output, and about a part that has nothing to do.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { shardsOfPart, type Part } from '../../domain/partition/part.js';
import { INDEX_SUFFIX, shardCountOf } from '../../domain/partition/shards.js';
import { listNames } from '../../base/wording.js';
import type { Layout } from '../format/layout.js';

/**
 * Warns of files of an older checkpoint of the same name with another layout: readers of the folder may take them for this one.
 * @param path  absolute path of the output
 */
export async function warnOfOlderFiles(path: string, layout: Layout): Promise<string[]> {
  const found = await describeOlderFiles(path, layout);
  if (found === undefined) return [];
  return [
    `${found} Most readers prefer a single file to an index: remove the files that you no longer need.`,
  ];
}

/** Says which such files there are; undefined if there are none. */
export async function describeOlderFiles(
  path: string,
  { files, index }: Layout,
): Promise<string | undefined> {
  const folder = dirname(path);
  const own = new Set([...files.map(({ name }) => name), ...(index ? [index.name] : [])]);
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => !own.has(name) && isFileOf(basename(path), name));
  if (others.length === 0) return undefined;
  return `${folder} also contains ${listNames(others)}, of another checkpoint of the same name.`;
}

/** Checks whether a name belongs to the file, the index, or a shard of an output. */
const isFileOf = (fileName: string, name: string): boolean =>
  name === fileName || name === `${fileName}${INDEX_SUFFIX}` || shardCountOf(name, fileName) !== undefined;

/** Warns of a part that writes all or nothing, which is rarely intended. */
export function warnOfPart({ files }: Layout, part: Part | undefined): string[] {
  if (part === undefined || part.parts <= files.length) return [];
  const count = files.length === 1 ? 'a single file' : `${files.length} files`;
  const share = shardsOfPart(part, files.length).length === 0 ? 'none of them' : 'one of them';
  return [
    `${part.parts} parts share ${count}, and this part writes ${share}. A smaller shard size gives each part something to do.`,
  ];
}
