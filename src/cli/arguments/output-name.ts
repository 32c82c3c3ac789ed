/**
 * Whether an output is called what it is: readers go by a file's name.
 * @module
 */
import { basename, extname } from 'node:path';
import { FILE_ENDING, INDEX_ENDING } from '../../domain/partition/shards.js';
import { show } from '../../base/wording.js';

/** What files with these endings are taken for. */
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

/** @param out  as it was asked for; undefined of none */
export function warnOfName(out: string | undefined): string[] {
  if (out === undefined || out === '-') return [];
  const name = basename(out);
  if (name.endsWith(INDEX_ENDING)) {
    const stem = name.slice(0, -INDEX_ENDING.length);
    return [
      `--out ${show(name)} is called like an index: --out names the file, and index and shards are named after it. Write --out ${stem}${FILE_ENDING}.`,
    ];
  }
  if (name.endsWith(FILE_ENDING)) return [];
  const ending = extname(name);
  const format = Object.hasOwn(FORMATS, ending.toLowerCase()) ? FORMATS[ending.toLowerCase()] : undefined;
  const what =
    ending === '' ? 'has no ending' : `ends in ${show(ending)}${format ? ` as ${format} files do` : ''}`;
  const stem = format === undefined ? name : name.slice(0, -ending.length);
  return [
    `--out ${show(name)} ${what}, and will hold safetensors, which readers know by ${FILE_ENDING}: --out ${show(`${stem}${FILE_ENDING}`)} would be found.`,
  ];
}
