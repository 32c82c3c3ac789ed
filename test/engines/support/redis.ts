/** A Redis on loopback, in a folder of its own. */
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { call, findPort, Service } from './services.js';
import { findProgram } from './needs.js';

export class Redis {
  #service: Service;

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {
    this.#service = this.#serve();
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(mkdtempSync(join(tmpdir(), 'jumpfill-redis-')), await findPort());
    try {
      await redis.#ready();
      return redis;
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  #serve(): Service {
    const address = ['--port', String(this.port), '--bind', '127.0.0.1'];
    const storage = ['--save', '', '--appendonly', 'yes', '--dir', this.folder];
    const program = findProgram('redis-server') ?? '';
    return new Service(program, [...address, ...storage], join(this.folder, 'log'));
  }

  async #ready(): Promise<void> {
    const address = ['-h', '127.0.0.1', '-p', String(this.port)];
    await this.#service.ready(async () => (await call('redis-cli', [...address, 'ping'])) === 'PONG');
  }

  /** Stops it, and starts it with what it has stored. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    await this.#service.stop();
    await meanwhile();
    this.#service = this.#serve();
    await this.#ready();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
