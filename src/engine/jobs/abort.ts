/**
 * Adds one listener per signal, however many jobs it aborts: from eleven on, Node would warn of a leak in a program that only fills
 * all its layers at once under one signal.
 * @module
 */
interface Watch {
  readonly stops: Set<() => void>;
  readonly listener: () => void;
}

/** The watchers of each signal. */
const watches = new WeakMap<AbortSignal, Watch>();

/**
 * @param stop  called once, when the signal is aborted
 * @returns     ends the watch; the last watch of a signal removes the listener
 */
export function watchAbort(signal: AbortSignal, stop: () => void): () => void {
  const { stops, listener } = watches.get(signal) ?? listen(signal);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size > 0) return;
    signal.removeEventListener('abort', listener);
    watches.delete(signal);
  };
}

function listen(signal: AbortSignal): Watch {
  const stops = new Set<() => void>();
  const listener = (): void => {
    for (const stop of stops) stop();
  };
  signal.addEventListener('abort', listener);
  const watch = { stops, listener };
  watches.set(signal, watch);
  return watch;
}
