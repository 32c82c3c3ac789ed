/**
 * Models that ship with the package: a spec may be one of their names.
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show, suggest } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';

const FOLDER = new URL('../../../../bench/models/', import.meta.url);
const ENDING = '.json';

const pathOf = (name: string): string => fileURLToPath(new URL(`${name}${ENDING}`, FOLDER));

/** None where the command line was taken out of its package. */
export function listModels(): readonly string[] {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  const specs = files.filter((file) => file.endsWith(ENDING));
  return specs.map((file) => basename(file, ENDING)).sort();
}

const isBare = (text: string): boolean => basename(text) === text && !text.includes('\\') && text !== '-';

/** The file of a model that ships, unless there is a file of that name here. */
export function findModel(name: string): string | undefined {
  if (!isBare(name) || existsSync(name)) return undefined;
  return listModels().includes(name) ? pathOf(name) : undefined;
}

/**
 * @param spec  a path, or the name of a model that ships
 * @returns     the path of the file
 * @throws {ValueError} BAD_SPEC: a name, and neither
 */
export function locateSpec(spec: string): string {
  const model = findModel(spec);
  if (model !== undefined) return model;
  const isName = isBare(spec) && [ENDING, ''].includes(extname(spec)) && !existsSync(spec);
  const models = isName ? listModels() : [];
  if (extname(spec) !== '' && !models.includes(basename(spec, ENDING))) return spec;
  if (models.length === 0) return spec;
  const found = `There is no file ${show(spec)} here, and no model of that name ships.`;
  throw new ValueError('BAD_SPEC', found, suggest(basename(spec, ENDING), models));
}
