/**
 * A seed for runs whose caller chose none.
 * @module
 */
import { crypto } from './builtins.js';

export const randomSeed = (): bigint => crypto().randomBytes(8).readBigUInt64LE();
