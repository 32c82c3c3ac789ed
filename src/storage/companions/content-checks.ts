/**
 * Refuses files that are evidently not what their name says: pointers that a clone without Git LFS leaves, the page of a login, files
 * that were cut short. Nothing is parsed whole: a tokenizer has tens of megabytes, and who opens it parses it.
 * @module
 */
import { ValueError } from '../../base/errors.js';

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line of a pointer. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

const LATIN1 = new TextDecoder('latin1');
const startOf = (bytes: Uint8Array): string => LATIN1.decode(bytes.subarray(0, 64)).trimStart();
const endOf = (bytes: Uint8Array): string => LATIN1.decode(bytes.subarray(-64)).trimEnd();

/**
 * @param label  of the checkpoint that the file lies beside
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function checkContent(name: string, bytes: Uint8Array, label: string): void {
  const refuse = (what: string, remedy: string): ValueError =>
    new ValueError('BAD_CHECKPOINT', `${name} beside ${label} is ${what}.`, remedy);
  if (startOf(bytes).startsWith(LFS_POINTER)) {
    throw refuse('a pointer of Git LFS, not the file', 'Run git lfs pull in that clone.');
  }
  if (/^<!doctype html|^<html/i.test(startOf(bytes))) {
    throw refuse('a page of HTML', 'The server sent a page in its place: get the file another way.');
  }
  if (!name.endsWith('.json')) return;
  const isWhole = /^[{[]/.test(startOf(bytes)) && /[}\]]$/.test(endOf(bytes));
  if (!isWhole) throw refuse('not JSON, or cut short', 'Get the file again.');
}
