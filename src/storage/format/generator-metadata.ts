/**
 * What the metadata of a file say of its generator: the contract that the bytes follow, the generator's name, and in each tensor's record
 * where its draw begins, if the generator has a sequence.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import {
  findGenerator,
  GENERATOR_NAMES,
  GENERATORS,
  isSequential,
  type GeneratorName,
} from '../../domain/streams/generators.js';
import { WHOLE, type JsonForm } from './json-record.js';
import { refuseMetadata } from './metadata-errors.js';
import { figureKey, type RecordedTensor } from './tensor-metadata.js';

/** One for each generator. */
const CONTRACTS = GENERATOR_NAMES.map((name) => GENERATORS[name].contract);

const VERSION_REMEDY = 'Use the version of jumpfill that wrote the file.';

export const CONTRACT: JsonForm<number> = {
  write: WHOLE.write,
  read: (reader) => {
    const contract = reader.readWhole();
    if (CONTRACTS.includes(contract)) return contract;
    const found = `the bytes follow contract ${contract}, and this version knows ${CONTRACTS.join(' and ')}.`;
    throw new ValueError('BAD_CHECKPOINT', found, VERSION_REMEDY);
  },
};

export const GENERATOR: JsonForm<GeneratorName> = {
  write: (name) => name,
  read: (reader) => {
    const name = reader.readString();
    const known = findGenerator(name);
    if (known !== undefined) return known;
    const found = `the words come from ${show(name)}, and this version knows ${GENERATOR_NAMES.join(' and ')}.`;
    throw new ValueError('BAD_CHECKPOINT', found, VERSION_REMEDY);
  },
};

/** A recipe, as far as it depends on the generator. */
interface GeneratorRecord {
  readonly byteContract: number;
  readonly generator: GeneratorName;
  readonly tensors: ReadonlyMap<string, Pick<RecordedTensor, 'origin'>>;
}

/**
 * Contract, generator and first words are written together, and each says what the others must be.
 * @throws {ValueError} BAD_CHECKPOINT
 */
export function checkGeneratorFits({ byteContract, generator, tensors }: GeneratorRecord): void {
  const { contract } = GENERATORS[generator];
  if (byteContract !== contract) {
    const found = `the bytes follow contract ${byteContract}, but those of the generator ${generator} follow contract ${contract}.`;
    throw refuseMetadata(found);
  }
  const wanted = isSequential(generator);
  for (const [name, { origin }] of tensors) {
    if ((origin !== undefined) === wanted) continue;
    const what = `${figureKey('firstWord')} ${wanted ? 'is missing' : `does not go with ${generator}`}`;
    throw refuseMetadata(`${nameTensor(name)}: ${what}.`);
  }
}
