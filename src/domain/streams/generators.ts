/**
 * The table of generators. To add one, write its file beside this one and add its row here.
 * @module
 */
import type { SequenceGenerator, StreamGenerator } from './generator.js';
import { torch } from './torch.js';
import { xoroshiro128plus } from './xoroshiro128plus.js';

export const GENERATORS = { 'xoroshiro128+': xoroshiro128plus, torch } as const satisfies Record<
  string,
  StreamGenerator | SequenceGenerator
>;

export type GeneratorName = keyof typeof GENERATORS;

/** The generators, as specs and options name them. */
export const GENERATOR_NAMES = Object.keys(GENERATORS) as readonly GeneratorName[];

export const DEFAULT_GENERATOR = 'xoroshiro128+';
