/**
 * A seed for runs whose caller chose none.
 * @module
 */
import { randomBytes } from 'node:crypto';

export const randomSeed = (): bigint => randomBytes(8).readBigUInt64LE();
