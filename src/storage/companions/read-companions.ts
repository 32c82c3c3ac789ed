/**
 * Reads the companion files of a checkpoint: all of them, whole and within limits, before anything is written.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { listNames } from '../../base/wording.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import { chooseCompanions, COMPANION_NAMES, CONFIG, mostBytesOf } from './companion-names.js';
import { parseConfig, type ModelConfig } from './config-json.js';
import { checkContent } from './content-checks.js';

/** A small file beside a checkpoint's weights, with its bytes. */
export interface Companion {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Companions {
  /** In the order of the table. */
  readonly files: readonly Companion[];
  /** config.json, and the others that are named like it, by name. */
  readonly configs: ReadonlyMap<string, ModelConfig>;
}

/** Of all together. */
const MOST_BYTES = 2 ** 27;
/** A model has a dozen; patterns may match any number. */
const MOST_FILES = 64;

/** Each takes a round trip or two from a server. */
const READS_AT_ONCE = 4;

/**
 * @throws {ValueError} BAD_CHECKPOINT: there is no config.json, or a file is not what its name says; TOO_LARGE: a file, or all of them
 * @throws {JumpfillError} IO_FAILED
 */
export async function readCompanions(source: CheckpointSource): Promise<Companions> {
  const listed = await source.listBeside();
  const names = chooseCompanions(listed ?? COMPANION_NAMES);
  if (!names.includes(CONFIG)) throw noConfig(source, listed ?? []);
  if (names.length > MOST_FILES) throw tooMuch(source, `${names.length} files`, `${MOST_FILES}`);
  const files = await readAll(source, names, listed !== undefined);
  const found = files.map(({ name }) => name);
  if (!found.includes(CONFIG)) throw noConfig(source, found);
  const configs = files.filter(({ name }) => name.endsWith(CONFIG));
  const parse = ({ name, bytes }: Companion): ModelConfig =>
    parseConfig(bytes, `${name} beside ${source.label}`);
  return { files, configs: new Map(configs.map((file) => [file.name, parse(file)])) };
}

/**
 * In the order of the names. A failure ends the reading; what is being read then is awaited, so that nothing goes on behind the error.
 * @param areListed  the source has said that it has these files
 */
async function readAll(
  source: CheckpointSource,
  names: readonly string[],
  areListed: boolean,
): Promise<readonly Companion[]> {
  const files: (Companion | undefined)[] = [];
  const queue = names.entries();
  let total = 0;
  let hasFailed = false;
  const readNext = async (): Promise<void> => {
    for (const [i, name] of queue) {
      if (hasFailed) return;
      const bytes = await source.readBeside(name, mostBytesOf(name) ?? 0);
      if (bytes === undefined && areListed) throw gone(source, name);
      if (bytes === undefined) continue;
      total += bytes.length;
      if (total > MOST_BYTES) throw tooMuch(source, `more than ${MOST_BYTES} bytes`, `${MOST_BYTES} bytes`);
      checkContent(name, bytes, source.label);
      files[i] = { name, bytes };
    }
  };
  const readers = Array.from({ length: READS_AT_ONCE }, () =>
    readNext().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.allSettled(readers);
  await Promise.all(readers);
  return files.filter((file) => file !== undefined);
}

function noConfig({ label }: CheckpointSource, found: readonly string[]): ValueError {
  const others = found.length === 0 ? '' : `, but ${listNames([...found].sort())}`;
  const remedy = `Nothing opens a folder without it: pass a checkpoint that has one, or leave out \`withConfig\`.`;
  return new ValueError('BAD_CHECKPOINT', `Beside ${label} there is no ${CONFIG}${others}.`, remedy);
}

/** A link whose target is gone, as in a cache that was cleaned by hand. */
const gone = ({ label }: CheckpointSource, name: string): ValueError =>
  new ValueError(
    'BAD_CHECKPOINT',
    `${name} is listed beside ${label}, and there is no such file.`,
    'Get the file again.',
  );

const tooMuch = ({ label }: CheckpointSource, found: string, most: string): ValueError =>
  new ValueError(
    'TOO_LARGE',
    `The companion files beside ${label} are ${found}, and at most ${most} are copied.`,
    'Leave out `withConfig`, and copy the files that the model needs.',
  );
