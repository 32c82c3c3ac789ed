/**
 * Streams the files of a checkpoint, for machines without a disk that holds them.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { checkBoolean } from '../../base/option-checks.js';
import { checkKeys, show } from '../../base/wording.js';
import { FILE_ENDING } from '../../domain/partition/shards.js';
import { readPart, shardsOfPart, type Part } from '../../domain/partition/part.js';
import { checkRunOptions, type Coordinator, type RunOptions } from '../../engine/jobs/coordinator.js';
import { layOut } from '../format/layout.js';
import {
  CONTENTS_KEYS,
  requireSeed,
  resolveContents,
  type ContentsOptions,
  type EngineFacts,
} from '../write/resolve-model.js';
import { StreamedFiles, type StreamedFile } from './streamed-files.js';

export interface StreamCheckpointFilesOptions extends RunOptions, ContentsOptions {
  /** The files' name without its ending: `model` names `model-00001-of-00003.safetensors`. @defaultValue 'model' */
  readonly name?: string | undefined;
  /** Only the shards of one part, without the index. Text is as in `--part`: see parsePart. */
  readonly part?: Part | string | undefined;
  /** True: the index alone. False: the shards alone. @defaultValue both, the index last */
  readonly index?: boolean | undefined;
}

const WHERE = 'streamCheckpointFiles';
const OPTION_KEYS = [...CONTENTS_KEYS, 'name', 'part', 'index', 'signal', 'onProgress'] as const;

/** Shards in order, then the index. @throws see Engine.streamCheckpointFiles */
export async function* streamCheckpointFiles(
  run: Coordinator['run'],
  engine: EngineFacts,
  spec: unknown,
  options: StreamCheckpointFilesOptions,
): AsyncGenerator<StreamedFile, void, undefined> {
  const { name, part, index } = parseOptions(options);
  const contents = await resolveContents(spec, options, engine);
  if (part !== undefined) requireSeed(contents);
  const layout = layOut(contents, `${name}${FILE_ENDING}`);
  options.signal?.throwIfAborted();
  const files = new StreamedFiles(run, layout, engine.threads, options);
  const shards = [...layout.files.keys()];
  if (index !== true) yield* files.open(part === undefined ? shards : shardsOfPart(part, shards.length));
  if (index ?? part === undefined) yield* files.openIndex();
}

interface ParsedOptions {
  readonly name: string;
  readonly part: Part | undefined;
  readonly index: boolean | undefined;
}

/** @throws {ValueError} BAD_OPTION */
function parseOptions(options: StreamCheckpointFilesOptions): ParsedOptions {
  checkKeys(options, OPTION_KEYS, WHERE, 'BAD_OPTION');
  checkRunOptions(options, WHERE);
  const { name = 'model', index } = options;
  if (index !== undefined) checkBoolean(index, `${WHERE}: index`);
  const part = options.part === undefined ? undefined : readPart(options.part, `${WHERE}: part`, process.env);
  if (part !== undefined && index === true) {
    const found = `${WHERE}: both part and index are given, and a part has no index.`;
    throw new ValueError('BAD_OPTION', found, 'Ask for the index alone, once all parts are stored.');
  }
  return { name: checkStem(name), part, index };
}

/** Object stores take any text for a name, but these files are to be moved to a folder, too. */
function checkStem(name: unknown): string {
  const found = `${WHERE}: name is ${show(name)}.`;
  if (typeof name !== 'string' || name === '' || !name.isWellFormed()) {
    throw new ValueError('BAD_OPTION', found, "Pass text, such as 'model'.");
  }
  if (/[/\\\p{Cc}]/u.test(name) || name === '.' || name === '..') {
    const remedy = 'Pass a name without folders; put those before the name of each file.';
    throw new ValueError('BAD_OPTION', found, remedy);
  }
  if (!name.endsWith(FILE_ENDING)) return name;
  const remedy = `The ending is added: pass ${show(name.slice(0, -FILE_ENDING.length))}.`;
  throw new ValueError('BAD_OPTION', found, remedy);
}
