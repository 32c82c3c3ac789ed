/**
 * What a person should know of an output's neighbours, and of a part that has nothing to do.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { shardsOfPart, type Part } from '../../domain/partition/part.js';
import { INDEX_SUFFIX, shardCountOf } from '../../domain/partition/shards.js';
import { listNames } from '../../base/wording.js';
import type { Layout } from '../format/layout.js';

/**
 * Files of the same output, laid out otherwise: an older checkpoint's, which readers of the folder may take for this one.
 * @param path  absolute: what the output was called
 */
export async function warnOfOlderFiles(path: string, { files, index }: Layout): Promise<string[]> {
  const folder = dirname(path);
  const own = new Set([...files.map(({ name }) => name), ...(index ? [index.name] : [])]);
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => !own.has(name) && isOf(basename(path), name));
  if (others.length === 0) return [];
  const found = `${folder} also holds ${listNames(others)}, of another checkpoint of that name.`;
  return [`${found} Most readers take a single file before an index: remove what is no longer meant.`];
}

/** The file, the index, or a shard of an output of that name. */
const isOf = (fileName: string, name: string): boolean =>
  name === fileName || name === `${fileName}${INDEX_SUFFIX}` || shardCountOf(name, fileName) !== undefined;

/** One that writes all or nothing is seldom meant. */
export function warnOfPart({ files }: Layout, part: Part | undefined): string[] {
  if (part === undefined || part.parts <= files.length) return [];
  const count = files.length === 1 ? 'a single file' : `${files.length} files`;
  const share = shardsOfPart(part, files.length).length === 0 ? 'none of them' : 'one of them';
  return [
    `There are ${part.parts} parts and ${count}: this part writes ${share}. A smaller shard size gives each part something to do.`,
  ];
}
