/** Safetensors files of given elements, and reports without the figures that depend on the clock and the threads. */
import type { InspectReport } from 'jumpfill';
import { frame, headerOf, saveFile, type Entry } from './stored-files.js';

export interface GivenTensor {
  readonly dtype: string;
  /** @defaultValue one dimension of all elements */
  readonly shape?: readonly number[];
  readonly elements: { readonly buffer: ArrayBufferLike; readonly length: number };
}

/** Saves a file of these tensors, by default without metadata, as any program may write it. */
export function saveTensors(tensors: Readonly<Record<string, GivenTensor>>, metadata?: object): string {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, elements }]) => {
    const begin = end;
    end += elements.buffer.byteLength;
    return [name, [dtype, shape ?? [elements.length], begin, end] as Entry] as const;
  });
  const data = Buffer.concat(Object.values(tensors).map(({ elements }) => Buffer.from(elements.buffer)));
  return saveFile(frame(headerOf(Object.fromEntries(entries), metadata), data));
}

export function timeless({ elapsedMs, threads, ...report }: InspectReport): object {
  if (!(elapsedMs > 0 && threads > 0)) throw new RangeError(`${threads} threads for ${elapsedMs} ms`);
  return report;
}
