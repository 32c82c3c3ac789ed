/**
 * The table of generators. To add one, write its file beside this one and add its row here.
 * @module
 */
import type { Generator } from './generator.js';
import { xoroshiro128plus } from './xoroshiro128plus.js';

export type GeneratorName = 'xoroshiro128+';

export const GENERATORS: Readonly<Record<GeneratorName, Generator>> = { 'xoroshiro128+': xoroshiro128plus };

export const DEFAULT_GENERATOR: GeneratorName = 'xoroshiro128+';
