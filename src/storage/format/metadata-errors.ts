/**
 * The error of metadata that cannot be what jumpfill wrote.
 * @module
 */
import { ValueError } from '../../base/errors.js';

/** The remedy for broken metadata. */
export const METADATA_REMEDY =
  'The metadata have changed since jumpfill wrote them: use the spec that the file was made from.';

export const refuseMetadata = (found: string): ValueError =>
  new ValueError('BAD_CHECKPOINT', found, METADATA_REMEDY);
