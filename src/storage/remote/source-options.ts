/**
 * The options of opening a source.
 * @module
 */
import type { HeadersRead } from '../read/checkpoint-files.js';
import type { Environment } from './settings.js';
import type { Transport } from './transport.js';

export interface OpenSourceOptions {
  /** Ends the requests. */
  readonly signal?: AbortSignal | undefined;
  /** Called before the first header is read, and after each. */
  readonly onHeaders?: ((read: HeadersRead) => void) | undefined;
  /** Where the variables of the Hub are read. @defaultValue process.env */
  readonly environment?: Environment | undefined;
  /** For tests: other times than those of TRANSPORT. */
  readonly transport?: Partial<Transport> | undefined;
}
