/**
 * GET requests with tries, limits and our own rules for redirects.
 * @module
 */
import { JumpfillError } from '../../base/errors.js';
import { errorCode } from '../files/io-errors.js';
import { Answer } from './answer.js';
import { Deadline } from './deadline.js';
import { checkRedirect, refuseRedirect } from './redirects.js';
import { sendGet } from './send-get.js';
import { parseRetryAfter, retry, TryAgain, type Transport } from './transport.js';

/** Checks for a request without an answer, after all tries: the network, the server or the way to it fails. */
export const isUnavailable = (error: unknown): error is JumpfillError =>
  error instanceof JumpfillError && error.cause instanceof TryAgain;

export interface Request {
  readonly url: URL;
  /** For messages: never with a query. */
  readonly label: string;
  /** `bytes=0-65535` */
  readonly range?: string;
}

interface ClientOptions {
  /** Whose origin the token is sent to. */
  readonly endpoint: URL;
  readonly token: string | undefined;
  readonly transport: Transport;
  readonly signal: AbortSignal | undefined;
}

const MOST_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const TRANSIENT: readonly number[] = [408, 429, 500, 502, 503, 504];

export class HttpClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get hasToken(): boolean {
    return this.#options.token !== undefined;
  }

  /** The same client with another signal. */
  under(signal: AbortSignal): HttpClient {
    return new HttpClient({ ...this.#options, signal });
  }

  /**
   * Asks until it gets an answer that will not change.
   * @param read  makes what is wanted of the answer; may throw TryAgain
   * @throws {JumpfillError} IO_FAILED: no answer (isUnavailable), or a redirect that is not followed
   * @throws the signal's reason, and what `read` throws
   */
  async get<T>(request: Request, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { transport, signal } = this.#options;
    signal?.throwIfAborted();
    let tries = 0;
    const attempt = (): Promise<T> => {
      tries++;
      return this.#try(request, read);
    };
    try {
      return await retry(transport, signal, attempt);
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      throw explain(error, request, tries, transport);
    }
  }

  async #try<T>(request: Request, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { transport, signal } = this.#options;
    const deadline = new Deadline(transport.stallMs, signal);
    try {
      const answer = await this.#follow(request, deadline);
      if (!TRANSIENT.includes(answer.status)) return await read(answer);
      const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'), Date.now());
      const { status, url } = answer;
      throw new TryAgain(`${url.host} answers HTTP ${status}`, retryAfterMs, { status });
    } catch (error) {
      signal?.throwIfAborted();
      throw deadline.missed === undefined ? error : new TryAgain(deadline.missed);
    } finally {
      deadline.end();
    }
  }

  async #follow(request: Request, deadline: Deadline): Promise<Answer> {
    let { url } = request;
    for (let count = 0; ; count++) {
      deadline.ask(url.host);
      const message = await sendGet(url, this.#headersFor(url, request.range), deadline.signal);
      deadline.extend();
      const answer = new Answer(message, url, deadline);
      const location = answer.headers.get('location');
      if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
      if (count === MOST_REDIRECTS)
        throw refuseRedirect(request.label, `was redirected ${count} times, last by ${url.host}.`);
      await answer.skip();
      url = checkRedirect(request.label, url, location);
    }
  }

  #headersFor({ origin }: URL, range: string | undefined): Record<string, string> {
    const { endpoint, token } = this.#options;
    return {
      accept: '*/*',
      // Nothing is unpacked.
      'accept-encoding': 'identity',
      'user-agent': 'jumpfill',
      ...(range !== undefined && { range }),
      ...(token !== undefined && origin === endpoint.origin && { authorization: `Bearer ${token}` }),
    };
  }
}

/** Of the last try. */
function explain(
  error: TryAgain,
  { label }: Request,
  tries: number,
  { maxPauseMs }: Transport,
): JumpfillError {
  const { reason, retryAfterMs } = error;
  const asked = retryAfterMs > maxPauseMs ? `, and asks to wait ${Math.ceil(retryAfterMs / 1000)} s` : '';
  const tried = tries === 1 ? 'tried once' : `tried ${tries} times`;
  const found = `${label} cannot be read: ${reason}${asked}; ${tried}.`;
  return new JumpfillError('IO_FAILED', found, remedyOf(error), { cause: error });
}

function remedyOf({ status, cause }: TryAgain): string {
  if (status === 429)
    return 'The server limits requests: try again later. The Hub allows more of them with a token, in HF_TOKEN.';
  if (status !== undefined) return 'The server answers, but not with the file: try again later.';
  return CERTIFICATE.test(errorCode(cause) ?? '')
    ? 'Check the address and the clock; the certificate of a proxy or a host of your own belongs into the file of NODE_EXTRA_CA_CERTS.'
    : 'Check the network and the address, or try again later; a proxy needs NODE_USE_ENV_PROXY=1.';
}

/** The codes of OpenSSL and Node for certificates that they do not trust. */
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/;
