/**
 * One GET request by `node:http`, whose proxies are as Node has them. Not by `fetch`: that unpacks what a server calls packed, and in
 * some versions a server that sends what is not packed, or says so often, hangs or ends the process.
 * @module
 */
import { request as sendPlain, type IncomingMessage } from 'node:http';
import { request as sendEncrypted } from 'node:https';
import { shorten } from '../../base/wording.js';
import { watchAbort } from '../../engine/jobs/abort.js';
import { errorCode, reasonOf } from '../files/io-errors.js';
import { TryAgain } from './transport.js';

/** Of an answer's headers together, as Node has it by default: an option of the process must not lift it. */
const MAX_HEADER_BYTES = 2 ** 14;

/**
 * @param signal  ends the request, and the answer's body too
 * @returns       the answer, once its headers are there
 * @throws {TryAgain} there is none
 */
export function sendGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? sendEncrypted : sendPlain;
  return new Promise((resolve, reject) => {
    const request = send(url, { headers, signal, maxHeaderSize: MAX_HEADER_BYTES });
    const fail = (error: unknown): void => {
      reject(asTryAgain(error, url));
    };
    // Deno ends the request without telling it.
    const unwatch = watchAbort(signal, () => {
      fail(signal.reason);
    });
    request.on('error', fail).on('close', unwatch);
    request.on('response', (message) => {
      // Whoever reads the body gets its error; a body that nobody reads may fail.
      message.on('error', () => undefined);
      resolve(message);
    });
    request.end();
  });
}

/** A certificate may be for hundreds of hosts, and the reason names them. */
const MOST_TOLD = 300;

/** What failed between this machine and a server, which may be another than the one that was asked first. */
export function asTryAgain(error: unknown, { host }: URL): TryAgain {
  // Of a host with several addresses, each of them.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const reason = reasonOf(first);
  const code = errorCode(first);
  const told = code === undefined || reason.includes(code) ? reason : `${code}: ${reason}`;
  const shown = shorten(told.replace(/\.$/, ''), MOST_TOLD);
  return new TryAgain(`${shown} (${host})`, 0, { cause: first });
}
