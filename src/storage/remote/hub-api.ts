/**
 * What the Hub says of a revision of a model: its commit, and the names of its files.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { decodeUtf8, JsonReader } from '../format/json-reader.js';
import { isPlace, writeHub, type HubAddress } from './address.js';
import { TooLong } from './answer.js';
import type { HttpClient } from './http-client.js';
import { refuseServer } from './refusals.js';
import { readWholeFile } from './remote-file.js';

export interface HubRevision {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Paths in the model, those of `__proto__` and the like included; names that lead elsewhere are left out. */
  readonly files: readonly string[];
}

/** Models with a hundred thousand files have some 10 MB. */
const MAX_ANSWER_BYTES = 2 ** 25;

const REMEDY = 'The server of HF_ENDPOINT is no Hub, or its answer is damaged.';

const COMMIT = /^[0-9a-f]{40}$/;

export const isCommit = (revision: string | undefined): boolean => COMMIT.test(revision ?? '');

/** The address of a page or file of a model, below the endpoint. */
export const urlBelow = (endpoint: URL, ...steps: readonly string[]): URL =>
  new URL(`${endpoint.href.replace(/\/$/, '')}/${steps.join('/')}`);

/** Each step escaped, the slashes between them kept. */
export const escapeSteps = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/**
 * @throws {ValueError} BAD_CHECKPOINT: no such model or revision, no access, or no answer of a Hub
 * @throws {JumpfillError} IO_FAILED
 */
export async function readRevision(
  client: HttpClient,
  endpoint: URL,
  address: HubAddress,
): Promise<HubRevision> {
  const { model, revision = 'main' } = address;
  const url = urlBelow(endpoint, 'api/models', model, 'revision', encodeURIComponent(revision));
  const label = writeHub({ ...address, place: '' }, address.revision);
  const asked = { label, page: urlBelow(endpoint, model).href, hasToken: client.hasToken };
  const bytes = await readWholeFile(client, url, asked, MAX_ANSWER_BYTES).catch((error: unknown) => {
    if (error instanceof TooLong) throw refuseServer(label, 'the list of its files is too long');
    throw error;
  });
  return checkAt(`${label}: the Hub's answer`, () => parseRevision(bytes));
}

/** @throws {ValueError} BAD_CHECKPOINT */
export function parseRevision(bytes: Uint8Array): HubRevision {
  const reader = new JsonReader(decodeUtf8(bytes, REMEDY), REMEDY);
  const files: string[] = [];
  let commit: string | undefined;
  reader.readObject((key) => {
    if (key === 'sha') commit = reader.readString();
    else if (key === 'siblings') reader.readArray(() => files.push(...readFileName(reader)));
    else reader.skipValue();
  });
  reader.end();
  if (commit !== undefined && isCommit(commit)) return { commit, files: files.filter(isPlace) };
  throw new ValueError('BAD_CHECKPOINT', `sha is ${show(commit)}, which is no commit.`, REMEDY);
}

function readFileName(reader: JsonReader): string[] {
  const names: string[] = [];
  reader.readObject((key) => {
    if (key === 'rfilename') names.push(reader.readString());
    else reader.skipValue();
  });
  return names;
}
