/**
 * The table of generators. To add one, write its file beside this one and add its row here.
 * @module
 */
import { ValueError, type JumpfillErrorCode } from '../../base/errors.js';
import { translateValue } from '../../base/foreign-names.js';
import { show, suggest } from '../../base/wording.js';
import type { SequenceGenerator, StreamGenerator } from './generator.js';
import { torch } from './torch.js';
import { xoroshiro128plus } from './xoroshiro128plus.js';

/** A generator, as specs and options name it: this package's own, or PyTorch's on processors. */
export type GeneratorName = 'xoroshiro128+' | 'torch';

export const GENERATORS = { 'xoroshiro128+': xoroshiro128plus, torch } as const satisfies Record<
  GeneratorName,
  StreamGenerator | SequenceGenerator
>;

/** The generators, as specs and options name them. */
export const GENERATOR_NAMES = Object.keys(GENERATORS) as readonly GeneratorName[];

export const DEFAULT_GENERATOR = 'xoroshiro128+';

export const findGenerator = (name: unknown): GeneratorName | undefined =>
  GENERATOR_NAMES.find((known) => known === name);

/** A generator as files, specs and reports name it: the default one is left out, as it was before there were others. */
export const namedGenerator = (name: GeneratorName): { readonly generator?: GeneratorName } =>
  name === DEFAULT_GENERATOR ? {} : { generator: name };

/**
 * @param code  of the error
 * @throws {ValueError} of this code: not the name of a generator
 */
export function checkGenerator(name: unknown, code: JumpfillErrorCode = 'BAD_OPTION'): GeneratorName {
  const known = findGenerator(name);
  if (known !== undefined) return known;
  const remedy = suggest(name, GENERATOR_NAMES, translateValue('generator', name));
  throw new ValueError(code, `generator is ${show(name)}.`, remedy);
}

/** The generators whose draws follow one sequence. */
export type SequenceGeneratorName = {
  [Name in GeneratorName]: (typeof GENERATORS)[Name]['order'] extends 'sequence' ? Name : never;
}[GeneratorName];

/** Whether draws take their words from one sequence, in the order of the tensors. */
export const isSequential = (name: GeneratorName): name is SequenceGeneratorName =>
  GENERATORS[name].order === 'sequence';
