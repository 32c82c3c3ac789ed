/**
 * Kept tensors: tensors whose bytes are copied from another checkpoint, their source, and what the metadata record of it. Nothing recorded
 * depends on the machine: no path, no time.
 * @module
 */
import type { FileIdentity } from '../files/file-identity.js';
import type { JsonForm } from './json-record.js';
import { optional, recordForm, required, TEXT } from './json-record.js';
import { refuseMetadata } from './metadata-errors.js';

/** What the metadata record of a kept tensor's source. */
export interface KeptRecord {
  /** Its file, without folders. */
  readonly of: string;
  /** SHA-256 of that file's header, in hex: of its JSON alone. */
  readonly header: string;
  /**
   * The first 128 bits, in hex, of the SHA-256 of the tensor's first and last 4096 bytes, or of all if it has no more than 8192. Models that
   * were trained from one another have equal headers: this tells them apart.
   */
  readonly sample: string;
  /** Its name there, if that is another. */
  readonly name?: string | undefined;
}

/** The bytes of a kept tensor, where they lie. */
export interface KeptBytes extends Omit<KeptRecord, 'of' | 'name'> {
  /** In the source. */
  readonly name: string;
  /** The source's file, absolute. */
  readonly path: string;
  /** The same without folders. */
  readonly file: string;
  /** The position of its first byte in that file. */
  readonly position: number;
  readonly byteLength: number;
  /** What that file was when it was looked at. */
  readonly identity: FileIdentity;
}

/** By the names that are written. */
export type KeptTensors = ReadonlyMap<string, KeptBytes>;

/** @param name  as it is written */
export function recordKept(name: string, kept: KeptTensors): KeptRecord | undefined {
  const bytes = kept.get(name);
  if (bytes === undefined) return undefined;
  const { file, header, sample } = bytes;
  return { of: file, header, sample, ...(bytes.name !== name && { name: bytes.name }) };
}

/** @param digits  how many hexadecimal ones */
const hashForm = (digits: number): JsonForm<string> => ({
  ...TEXT,
  read: (reader) => {
    const text = reader.readString();
    if (text.length === digits && /^[0-9a-f]*$/.test(text)) return text;
    throw refuseMetadata(`it is not a hash of ${digits} hexadecimal digits.`);
  },
});

/** File systems allow names of 255 bytes, and a few 255 characters. */
const MAX_FILE_LENGTH = 1024;

const FILE_NAME: JsonForm<string> = {
  ...TEXT,
  read: (reader) => {
    const text = reader.readString();
    if (text.length > 0 && text.length <= MAX_FILE_LENGTH && !/[/\0]/.test(text)) return text;
    throw refuseMetadata('it is not the name of a file.');
  },
};

const HEADER_DIGITS = 64;
export const SAMPLE_DIGITS = 32;

export const KEPT: JsonForm<KeptRecord> = recordForm<KeptRecord>(
  {
    of: required('of', FILE_NAME),
    header: required('header', hashForm(HEADER_DIGITS)),
    sample: required('sample', hashForm(SAMPLE_DIGITS)),
    name: optional('name', TEXT),
  },
  refuseMetadata,
);
