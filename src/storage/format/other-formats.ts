/**
 * Recognises what a file is that should be a safetensors file or a spec: people often pass one of the same few formats.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { INDEX_ENDING } from '../../domain/partition/shards.js';

/** A file of tensors is converted; for any other, the remedy is its own. */
type OtherFormat = {
  /** The first bytes, as Latin-1 characters. */
  readonly begins: string;
  readonly what: string;
} & ({ readonly kind: 'tensors' } | { readonly kind: 'other'; readonly remedy: string });

/** What to do about a file of tensors where a checkpoint, or a spec, should be. */
const CONVERT = 'Convert it to safetensors first.';
const SPEC_REMEDY = 'A spec is JSON text: jumpfill schema prints its form.';

const UTF_16 = 'UTF-16 text, as PowerShell writes';
const SAVE_AS_UTF_8 = 'Save it as UTF-8.';

const JSON_BEGINS = '{';

const FORMATS: readonly OtherFormat[] = [
  {
    kind: 'other',
    begins: 'version https://git-lfs',
    what: 'a Git LFS pointer, not the file',
    remedy: 'Fetch the file: git lfs pull.',
  },
  { kind: 'tensors', begins: 'PK\x03\x04', what: 'a zip archive, as PyTorch and NumPy write' },
  { kind: 'tensors', begins: '\x93NUMPY', what: 'a NumPy file' },
  { kind: 'tensors', begins: '\x80\x02', what: 'a Python pickle, as older versions of PyTorch write' },
  { kind: 'other', begins: '\x1f\x8b', what: 'a gzip archive', remedy: 'Unpack it first.' },
  { kind: 'other', begins: '\xff\xfe', what: UTF_16, remedy: SAVE_AS_UTF_8 },
  { kind: 'other', begins: '\xfe\xff', what: UTF_16, remedy: SAVE_AS_UTF_8 },
  { kind: 'tensors', begins: 'GGUF', what: 'a GGUF file' },
  { kind: 'tensors', begins: '\x89HDF', what: 'an HDF5 file, as Keras writes' },
  {
    kind: 'other',
    begins: '<',
    what: 'HTML or XML, a web page instead of the file',
    remedy: 'Download it again: the server may want you to log in.',
  },
  {
    kind: 'other',
    begins: JSON_BEGINS,
    what: 'JSON text, not a checkpoint',
    remedy: `An index is called *${INDEX_ENDING}; a spec goes to init or plan.`,
  },
];

/** No format needs more of the file's first bytes. */
export const SNIFFED_BYTES = 32;

const textOf = (first: Uint8Array): string =>
  Buffer.from(first.subarray(0, SNIFFED_BYTES)).toString('latin1');

const find = (text: string): OtherFormat | undefined => FORMATS.find(({ begins }) => text.startsWith(begins));

/**
 * The error for a file whose header has an impossible length; undefined if its format is not known. Only such a file is examined: a
 * header of 60 bytes begins with "<", too.
 * @param first  the first bytes
 */
export function recogniseOther(first: Uint8Array): ValueError | undefined {
  const format = find(textOf(first));
  if (format === undefined) return undefined;
  const remedy = format.kind === 'tensors' ? CONVERT : format.remedy;
  return new ValueError('BAD_CHECKPOINT', `It is ${format.what}.`, remedy);
}

/**
 * What a file is that should be a spec; undefined for a file that may be text.
 * @param first  the first bytes
 */
export function recogniseNoSpec(
  first: Uint8Array,
): { readonly what: string; readonly remedy: string } | undefined {
  const text = textOf(first);
  if (SAFETENSORS.test(text)) return { what: 'a safetensors file', remedy: CHECKPOINT_REMEDY };
  const format = find(text);
  if (format === undefined || format.begins === JSON_BEGINS) return undefined;
  return { what: format.what, remedy: format.kind === 'tensors' ? SPEC_REMEDY : format.remedy };
}

/** A header: 8 bytes of length, the last four of them 0, which no JSON text contains, then JSON. */
const SAFETENSORS = /^[^]{4}\0{4}\{/;
const CHECKPOINT_REMEDY =
  'Pass it as `like` to use its names and shapes; `jumpfill init --from` writes that checkpoint again.';
