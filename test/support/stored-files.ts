/** Safetensors files built by hand, well-formed or not. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.js';

export type Entry = readonly [dtype: string, shape: readonly number[], begin: number, end: number];

const encoder = new TextEncoder();

/** A header's JSON, its members in this order; names come as they are. */
export const headerOf = (entries: Readonly<Record<string, Entry>>, metadata?: object): string => {
  const members = Object.entries(entries).map(([name, [dtype, shape, begin, end]]) =>
    member(name, { dtype, shape, data_offsets: [begin, end] }),
  );
  return `{${[...(metadata ? [member('__metadata__', metadata)] : []), ...members].join(',')}}`;
};

export const member = (key: string, value: unknown): string =>
  `${JSON.stringify(key)}:${JSON.stringify(value)}`;

/** The length, the JSON, and the data: a number of zeros, or these bytes. */
export function frame(json: string | Uint8Array, data: number | Uint8Array = 0): Buffer {
  const header = typeof json === 'string' ? encoder.encode(json) : json;
  const length = new BigUint64Array([BigInt(header.length)]);
  return Buffer.concat([
    Buffer.from(length.buffer),
    header,
    typeof data === 'number' ? Buffer.alloc(data) : data,
  ]);
}

/** In a folder of its own, for this test. */
export function saveFile(
  bytes: Uint8Array | string,
  name = 'model.safetensors',
  folder = makeFolder(),
): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** An index that names these files, each with its tensors. */
export const indexOf = (files: Readonly<Record<string, readonly string[]>>): string => {
  const places = Object.entries(files).flatMap(([file, names]) => names.map((name) => [name, file] as const));
  return JSON.stringify({ metadata: { total_size: 0 }, weight_map: Object.fromEntries(places) });
};

interface Writer {
  writeCheckpoint: (spec: unknown, options: { out: string }) => Promise<unknown>;
}

interface AnySpec {
  readonly tensors: readonly { readonly name: string }[];
}

/** Writes a spec as a number of shards with an index, round robin, into a new folder. */
export async function writeShards(engine: Writer, spec: AnySpec, count: number): Promise<string> {
  const folder = makeFolder();
  const files: Record<string, string[]> = {};
  for (let shard = 0; shard < count; shard++) {
    const tensors = spec.tensors.filter((_, i) => i % count === shard);
    const name = `model-0000${shard + 1}-of-0000${count}.safetensors`;
    await engine.writeCheckpoint({ ...spec, tensors }, { out: join(folder, name) });
    files[name] = tensors.map((tensor) => tensor.name);
  }
  saveFile(indexOf(files), 'model.safetensors.index.json', folder);
  return folder;
}
