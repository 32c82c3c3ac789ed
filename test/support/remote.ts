/** Models for hub-server.ts, and sources of them with times that suit tests. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckpointSource } from '#built/storage/read/checkpoint-source.js';
import { openSource } from '#built/storage/remote/open-source.js';
import type { OpenSourceOptions } from '#built/storage/remote/source-options.js';
import { makeFolder } from './folder.js';
import type { Hub } from './hub-server.js';
import { frame, headerOf, indexOf, saveFile, type Entry } from './stored-files.js';

/** A file of float32 matrices [2, 3]; these many bytes of metadata make the header longer than the first request. */
export function fileOf(names: readonly string[], metadataBytes = 0): Buffer {
  const entries = names.map((name, i): [string, Entry] => [name, ['F32', [2, 3], 24 * i, 24 * (i + 1)]]);
  const metadata = metadataBytes === 0 ? undefined : { note: 'x'.repeat(metadataBytes) };
  return frame(headerOf(Object.fromEntries(entries), metadata), 24 * names.length);
}

/** Saves texts and bytes by path, folders included. */
export function saveFiles(
  files: Readonly<Record<string, Uint8Array | string>>,
  folder = makeFolder(),
): string {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    saveFile(bytes, path, folder);
  }
  return folder;
}

/** A model of `count` shards with two tensors each, and a config.json. */
export function saveSharded(count: number, prefix = '', metadataBytes = 0): Record<string, Buffer | string> {
  const shards = Array.from({ length: count }, (_, i): [string, readonly string[]] => [
    `model-${i + 1}-of-${count}.safetensors`,
    [`layers.${i}.a`, `layers.${i}.b`],
  ]);
  return {
    [`${prefix}config.json`]: '{"model_type":"test"}',
    [`${prefix}model.safetensors.index.json`]: indexOf(Object.fromEntries(shards)),
    ...Object.fromEntries(shards.map(([file, names]) => [`${prefix}${file}`, fileOf(names, metadataBytes)])),
  };
}

/** No pauses between tries; a stall is noticed soon, and no test waits for one without end. */
export const QUICK = { firstPauseMs: 0, stallMs: 20_000 } as const;

export const openFrom = (
  { environment }: Pick<Hub, 'environment'>,
  text: string,
  options: OpenSourceOptions = {},
): Promise<CheckpointSource> => openSource(text, { environment, transport: QUICK, ...options });
