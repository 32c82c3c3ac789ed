/**
 * What a file is that is no safetensors file: what people have in its place is often the same few things.
 * @module
 */
import { ValueError } from '../errors.js';

interface OtherFormat {
  /** The first characters, one a byte. */
  readonly begins: string;
  readonly what: string;
  readonly remedy: string;
}

const CONVERT = 'Convert it to safetensors first.';

const FORMATS: readonly OtherFormat[] = [
  {
    begins: 'version https://git-lfs',
    what: 'a Git LFS pointer, not the file',
    remedy: 'Fetch the file: git lfs pull.',
  },
  { begins: 'PK\x03\x04', what: 'a zip archive, as PyTorch and NumPy write', remedy: CONVERT },
  { begins: 'GGUF', what: 'a GGUF file', remedy: CONVERT },
  { begins: '\x89HDF', what: 'an HDF5 file, as Keras writes', remedy: CONVERT },
  {
    begins: '<',
    what: 'HTML or XML, a page in place of the file',
    remedy: 'Download it again: the server may want you to log in.',
  },
  {
    begins: '{',
    what: 'JSON text',
    remedy: 'An index is called *.safetensors.index.json; a spec is for init and plan.',
  },
];

/**
 * Of a file whose header has no length that is possible: a header of 60 bytes begins with "<" too.
 * @param first  the first bytes
 */
export function recogniseOther(first: Uint8Array): ValueError | undefined {
  const text = Buffer.from(first.subarray(0, 32)).toString('latin1');
  const format = FORMATS.find(({ begins }) => text.startsWith(begins));
  return format && new ValueError('BAD_CHECKPOINT', `It is ${format.what}.`, format.remedy);
}
