/** An S3 server on loopback that can hold a request: s3rver, in this process. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../../support/folder.js';
import { INSTALLED } from './install.js';

export const BUCKET = 'models';

/** As far as it is used; the package has no types. */
type S3rver = new (options: object) => {
  configureBuckets(): Promise<unknown>;
  callback(): RequestListener;
};

/** Its users are always these. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

export class S3Server {
  readonly #server: Server;
  readonly #requests: string[] = [];
  /** Which requests get no answer, and how many of them. */
  #toHold = { pattern: /^$/, count: 0 };
  readonly #held: (() => void)[] = [];
  #onHeld: (() => void) | undefined;

  private constructor(answer: RequestListener) {
    this.#server = createServer((request, response) => {
      const go = (): void => {
        answer(request, response);
      };
      if (!this.#hold(request, go)) go();
    });
  }

  static async start(): Promise<S3Server> {
    const Server = createRequire(join(INSTALLED, 'package.json'))('s3rver') as S3rver;
    const options = { directory: makeFolder(), configureBuckets: [{ name: BUCKET }], silent: true };
    const s3 = new Server(options);
    await s3.configureBuckets();
    const started = new S3Server(s3.callback());
    started.#server.listen(0, '127.0.0.1');
    await once(started.#server, 'listening');
    return started;
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      ...CREDENTIALS,
      AWS_ENDPOINT_URL_S3: this.#url,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once `count` requests match, which wait until they are released; later ones are answered. */
  async hold(method: string, path: RegExp, count = 1): Promise<void> {
    this.#toHold = { pattern: new RegExp(`^${method} .*${path.source}`), count };
    await new Promise<void>((resolve) => (this.#onHeld = resolve));
  }

  /** Answers what was held. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  #hold({ method = '', url = '' }: IncomingMessage, go: () => void): boolean {
    const line = `${method} ${url}`;
    this.#requests.push(line);
    if (this.#toHold.count === 0 || !this.#toHold.pattern.test(line)) return false;
    this.#held.push(go);
    this.#toHold.count -= 1;
    if (this.#toHold.count === 0) this.#onHeld?.();
    return true;
  }

  /** Methods and addresses of all requests so far. */
  get requests(): readonly string[] {
    return this.#requests;
  }

  /** An object's bytes; undefined if there is none. */
  async read(key: string): Promise<Buffer | undefined> {
    const response = await fetch(`${this.#url}/${BUCKET}/${key}`);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
