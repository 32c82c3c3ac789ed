/**
 * Built-in models: specs that ship with the package and are used by name.
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { show, suggest } from '../../base/wording.js';
import { ValueError } from '../../base/errors.js';
import { ownUrl } from '../../engine/host/own-files.js';

const FOLDER = ownUrl('../bench/models/');
const ENDING = '.json';

const pathOf = (folder: URL, name: string): string => fileURLToPath(new URL(`${name}${ENDING}`, folder));

/** Empty where the command line was taken out of its package. */
export function listModels(): readonly string[] {
  const files = FOLDER !== undefined && existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  const specs = files.filter((file) => file.endsWith(ENDING));
  return specs.map((file) => basename(file, ENDING)).sort();
}

/** What each is, for people. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  gpt2: 'GPT-2 small, as transformers initialises it',
  'llama-3-8b': 'Llama 3 8B, as transformers initialises it',
  'llama-3-70b': 'Llama 3 70B, as transformers initialises it',
  'vgg7-wage': "the WAGE paper's network for CIFAR-10",
};

/** Empty unless the name is a built-in model's. */
export const describeModel = (name: string): string =>
  Object.hasOwn(DESCRIPTIONS, name) ? (DESCRIPTIONS[name] ?? '') : '';

const isBare = (text: string): boolean => basename(text) === text && !text.includes('\\') && text !== '-';

/** The spec file of a built-in model, unless the working folder has a file of that name. */
export function findModel(name: string): string | undefined {
  if (FOLDER === undefined || !isBare(name) || existsSync(name)) return undefined;
  return listModels().includes(name) ? pathOf(FOLDER, name) : undefined;
}

/**
 * @param spec  a path, or the name of a built-in model
 * @returns     a path
 * @throws {ValueError} BAD_SPEC: a name that is neither
 */
export function locateSpec(spec: string): string {
  const model = findModel(spec);
  if (model !== undefined) return model;
  const isName = isBare(spec) && [ENDING, ''].includes(extname(spec)) && !existsSync(spec);
  const models = isName ? listModels() : [];
  if (extname(spec) !== '' && !models.includes(basename(spec, ENDING))) return spec;
  if (models.length === 0) return spec;
  const found = `${show(spec)} is neither a file nor a built-in model.`;
  throw new ValueError('BAD_SPEC', found, suggest(basename(spec, ENDING), models));
}
