/**
 * The interruption of a run, by the caller's signal or by a callback that throws.
 * @module
 */
import { watchAbort } from './abort.js';

type State = { readonly kind: 'none' } | { readonly kind: 'raised'; readonly error: unknown };

export class Interruption {
  #state: State = { kind: 'none' };

  /** @param onRaise  called once */
  constructor(readonly onRaise: () => void) {}

  /** Only the first error counts. */
  raise(error: unknown): void {
    if (this.#state.kind === 'raised') return;
    this.#state = { kind: 'raised', error };
    this.onRaise();
  }

  /** @returns ends the watch */
  watch(signal: AbortSignal): () => void {
    return watchAbort(signal, () => {
      this.raise(signal.reason);
    });
  }

  /** @throws the error that was raised */
  throwIfRaised(): void {
    if (this.#state.kind === 'raised') throw this.#state.error;
  }
}
