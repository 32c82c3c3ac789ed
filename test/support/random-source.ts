/** A checkpoint of random bytes, as if another program had trained it: any dtype, any cut into files. */
import { createHash } from 'node:crypto';
import { makeFolder } from './folder.js';
import { frame, headerOf, indexOf, saveFile, type Entry } from './stored-files.js';

export interface RandomTensor {
  readonly name: string;
  /** As in a header: `BF16`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Bits of an element. */
const BITS: Readonly<Record<string, number>> = {
  ...{ BOOL: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8 },
  ...{ F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32 },
  ...{ C64: 64, F64: 64, I64: 64, U64: 64 },
};

export const ANY_STORED_DTYPE: readonly string[] = Object.keys(BITS);

const sizeOf = ({ dtype, shape }: RandomTensor): number =>
  (shape.reduce((product, size) => product * size, 1) * (BITS[dtype] ?? NaN)) / 8;

/** The bytes of a tensor: they follow from its name and the salt. */
export function randomBytesOf(tensor: RandomTensor, salt = ''): Buffer {
  return createHash('shake128', { outputLength: sizeOf(tensor) || 1 })
    .update(`${salt}\n${tensor.name}`)
    .digest()
    .subarray(0, sizeOf(tensor));
}

function fileOf(tensors: readonly RandomTensor[], salt: string): Buffer {
  const entries: Record<string, Entry> = {};
  let end = 0;
  for (const tensor of tensors) {
    const begin = end;
    end += sizeOf(tensor);
    entries[tensor.name] = [tensor.dtype, tensor.shape, begin, end];
  }
  return frame(headerOf(entries), Buffer.concat(tensors.map((tensor) => randomBytesOf(tensor, salt))));
}

/**
 * Saves the tensors, dealt to the files in turn.
 * @returns  the path of the file, or of the index
 */
export function saveSource(
  tensors: readonly RandomTensor[],
  files = 1,
  folder = makeFolder(),
  salt = '',
): string {
  if (files === 1) return saveFile(fileOf(tensors, salt), 'source.safetensors', folder);
  const names: Record<string, string[]> = {};
  for (let file = 0; file < files; file++) {
    const inFile = tensors.filter((_, i) => i % files === file);
    const name = `source-0000${file + 1}-of-0000${files}.safetensors`;
    saveFile(fileOf(inFile, salt), name, folder);
    names[name] = inFile.map((tensor) => tensor.name);
  }
  return saveFile(indexOf(names), 'source.safetensors.index.json', folder);
}
