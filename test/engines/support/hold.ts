/** Holds one process of an engine in the middle of its work (hold.mjs), for a test to kill, signal or continue. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../../support/until.js';
import { makeFolder } from '../../support/folder.js';

export class Hold {
  readonly #mark = join(makeFolder(), 'mark');

  /** @param which, how  see hold.mjs */
  constructor(
    readonly which: string,
    readonly how: 'stop' | 'wait' | 'kill' = 'stop',
  ) {}

  /** What the engine's processes must inherit. */
  get environment(): Readonly<Record<string, string>> {
    const { href } = pathToFileURL(resolve('test/engines/support/hold.mjs'));
    return {
      NODE_OPTIONS: `--import=${href}`,
      HOLD_IF: this.which,
      HOLD_HOW: this.how,
      HOLD_MARK: this.#mark,
    };
  }

  /**
   * @param  lastWords  what the engine has printed, once it has ended
   * @returns the process that is held, by its number in its own namespace
   * @throws the engine's last words, if it ends before a process is held
   */
  async held(lastWords: () => string | undefined = () => undefined): Promise<number> {
    await until(() => this.#pid() > 0 || lastWords() !== undefined);
    if (this.#pid() === 0) throw new Error(`it ended before ${this.which} was held: ${lastWords()}`);
    return this.#pid();
  }

  /** Lets a thread that waits go on. */
  release(): void {
    writeFileSync(`${this.#mark}.released`, '');
  }

  #pid(): number {
    return existsSync(this.#mark) ? Number(readFileSync(this.#mark, 'utf8')) : 0;
  }
}
