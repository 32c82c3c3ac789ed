/**
 * A file on a server, read by ranges: never more of it than was asked for, whatever the server says.
 * Source: RFC 9110, sections 14 and 15, https://doi.org/10.17487/RFC9110.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { FIRST_READ_BYTES, parseStoredFile, type StoredFile } from '../read/stored-file.js';
import { TooLong, type Answer } from './answer.js';
import type { HeaderBudget } from './header-budget.js';
import type { HttpClient } from './http-client.js';
import { refuseAnswer, refuseServer, type Asked } from './refusals.js';
import { TryAgain } from './transport.js';

/** A range, and what the answer says of the whole file. */
interface Range {
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly etag: string | undefined;
  /** Where it came from, after all redirects. */
  readonly url: URL;
}

/**
 * Reads and checks the header of a safetensors file, by two requests at most.
 * @throws {ValueError} BAD_CHECKPOINT; TOO_LARGE: the budget is used up
 * @throws {JumpfillError} IO_FAILED
 */
export async function readRemoteHeader(
  client: HttpClient,
  url: URL,
  asked: Asked,
  budget: HeaderBudget,
): Promise<StoredFile> {
  const { label } = asked;
  const first = await readRange(client, url, asked, 0, FIRST_READ_BYTES);
  const file = await parseStoredFile(label, first.totalBytes, first.bytes, async (position, byteLength) => {
    budget.take(byteLength);
    // From where the first came: the redirect need not be asked for again.
    const rest = await readRange(client, first.url, asked, position, byteLength);
    checkSame(label, first, rest);
    return rest.bytes;
  });
  budget.take(Math.min(file.tensors[0]?.position ?? file.byteLength, FIRST_READ_BYTES));
  return file;
}

/** @throws {JumpfillError} IO_FAILED: the file changed between two requests */
function checkSame(label: string, first: Range, rest: Range): void {
  const isSame = first.totalBytes === rest.totalBytes && first.etag === rest.etag;
  if (isSame) return;
  const found = `${label} changed on the server between two requests.`;
  throw new JumpfillError('IO_FAILED', found, 'Run the command again.');
}

/** @returns fewer bytes only where the file ends */
async function readRange(
  client: HttpClient,
  url: URL,
  asked: Asked,
  start: number,
  byteLength: number,
): Promise<Range> {
  const range = `bytes=${start}-${start + byteLength - 1}`;
  const request = { url, label: asked.label, range };
  return await client.get(request, async (answer) => {
    const { status, isEncoded } = answer;
    const said = parseContentRange(answer.headers.get('content-range') ?? '');
    if (status === 416 && said?.kind === 'none' && said.totalBytes === 0 && start === 0)
      return emptyFile(answer);
    if (status !== 200 && status !== 206) throw refuseAnswer(answer, asked);
    if (isEncoded) throw refusePacked(asked);
    if (status === 200) return await readWhole(answer, asked.label, start, byteLength);
    const last = said?.kind === 'range' ? Math.min(start + byteLength, said.totalBytes) - 1 : -1;
    if (said?.kind !== 'range' || said.start !== start || said.end !== last) {
      throw refuseServer(asked.label, `the server was asked for ${range}, and sends other bytes`);
    }
    const bytes = await readExactly(answer, asked.label, last + 1 - start);
    return { ...factsOf(answer), bytes, totalBytes: said.totalBytes };
  });
}

const refusePacked = ({ label }: Asked): JumpfillError =>
  refuseServer(label, 'the server packs what it sends, although it was asked not to');

const factsOf = ({ headers, url }: Answer): Pick<Range, 'etag' | 'url'> => ({
  etag: headers.get('etag'),
  url,
});

const emptyFile = (answer: Answer): Range => ({
  ...factsOf(answer),
  bytes: new Uint8Array(0),
  totalBytes: 0,
});

/** A server that ignores ranges sends the whole file: as good, if it is that small. */
async function readWhole(answer: Answer, label: string, start: number, byteLength: number): Promise<Range> {
  try {
    const bytes = start === 0 ? await answer.read(byteLength) : undefined;
    if (bytes !== undefined) return { ...factsOf(answer), bytes, totalBytes: bytes.byteLength };
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
  }
  throw refuseServer(label, 'the server ignores ranges, and would send the whole file');
}

async function readExactly(answer: Answer, label: string, byteLength: number): Promise<Uint8Array> {
  const bytes = await answer.read(byteLength).catch((error: unknown) => {
    if (error instanceof TooLong)
      throw refuseServer(label, `the server sends more than the ${byteLength} bytes it says`);
    throw error;
  });
  if (bytes.byteLength === byteLength) return bytes;
  throw new TryAgain(`the answer ended after ${bytes.byteLength} of ${byteLength} bytes`);
}

type ContentRange =
  | { readonly kind: 'range'; readonly start: number; readonly end: number; readonly totalBytes: number }
  | { readonly kind: 'none'; readonly totalBytes: number };

/** `bytes 0-65535/1000000`, or of a range beyond the file, `bytes * /1000000` without the space. */
function parseContentRange(text: string): ContentRange | undefined {
  const [, start, end, total] = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/.exec(text) ?? [];
  if (total === undefined) return undefined;
  const totalBytes = Number(total);
  return start === undefined
    ? { kind: 'none', totalBytes }
    : { kind: 'range', start: Number(start), end: Number(end), totalBytes };
}

/**
 * Reads a small file whole.
 * @returns undefined if there is none
 * @throws {TooLong} it has more than `maxBytes`
 */
export async function readWholeFile(
  client: HttpClient,
  url: URL,
  asked: Asked,
  maxBytes: number,
): Promise<Uint8Array> {
  const request = { url, label: asked.label };
  return await client.get(request, async (answer) => {
    if (answer.status !== 200) throw refuseAnswer(answer, asked);
    if (answer.isEncoded) throw refusePacked(asked);
    return await answer.read(maxBytes);
  });
}
