/**
 * Warns if the name of an output suggests another format than safetensors: readers go by a file's name.
 * @module
 */
import { basename, extname } from 'node:path';
import { FILE_ENDING, INDEX_ENDING } from '../../domain/partition/shards.js';
import { show } from '../../base/wording.js';
import { STDOUT } from './commands.js';

/** The program or format that an ending belongs to. */
const FORMATS: Readonly<Record<string, string>> = {
  '.npy': "NumPy's",
  '.npz': "NumPy's",
  '.bin': "PyTorch's",
  '.pt': "PyTorch's",
  '.pth': "PyTorch's",
  '.ckpt': "PyTorch's",
  '.gguf': "llama.cpp's",
  '.h5': "Keras's",
  '.keras': "Keras's",
  '.onnx': "ONNX's",
  '.msgpack': "Flax's",
  '.json': 'JSON',
};

/** @param out  the value of `--out`, if it was given */
export function warnOfName(out: string | undefined): string[] {
  if (out === undefined || out === STDOUT) return [];
  const name = basename(out);
  if (name.endsWith(FILE_ENDING)) return [];
  if (name.endsWith(INDEX_ENDING)) {
    const better = `${name.slice(0, -INDEX_ENDING.length)}${FILE_ENDING}`;
    return [
      `--out ${show(name)} looks like an index. Name the file that shards and index are named after: --out ${better}.`,
    ];
  }
  const ending = extname(name);
  const format = Object.hasOwn(FORMATS, ending.toLowerCase()) ? FORMATS[ending.toLowerCase()] : undefined;
  const better = `${format === undefined ? name : name.slice(0, -ending.length)}${FILE_ENDING}`;
  return [
    `--out ${show(name)} will hold safetensors, but ${describeEnding(ending, format)}. Readers look for ${FILE_ENDING}: --out ${show(better)}.`,
  ];
}

function describeEnding(ending: string, format: string | undefined): string {
  if (ending === '') return 'has no ending';
  return `ends in ${show(ending)}${format === undefined ? '' : ` like ${format} files`}`;
}
