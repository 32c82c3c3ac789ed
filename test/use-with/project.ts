/** A user's project: a folder in which the page's blocks are executed, each as a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Block } from '../support/pages.js';
import { tinyModel, type StoredTensor } from './tiny-model.js';

/** What install.mjs fills: a project in it finds the packages there. */
export const INSTALLED = resolve('build/use-with');

const venvPython = join(
  INSTALLED,
  process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python',
);

export const PYTHON = process.env['JUMPFILL_PYTHON'] ?? (existsSync(venvPython) ? venvPython : 'python3');

const CLI = `"${process.execPath}" "${resolve('dist/src/cli.js')}"`;

/** Lines of standard output; or the package or interpreter for want of which nothing ran. */
export type Outcome =
  | { readonly kind: 'printed'; readonly lines: readonly string[] }
  | { readonly kind: 'missing'; readonly what: string };

/** Makes this package one that the folder's modules can import. */
export function makeProject(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(resolve('.'), join(folder, 'node_modules/jumpfill'), 'junction');
}

/** Writes a model whose weights lie in the project's checkpoint. */
export function writeModel(folder: string, name: string): void {
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
  writeFileSync(join(folder, name), tinyModel(report.tensors));
}

interface Report {
  readonly tensors: readonly StoredTensor[];
}

/** How a block of each language is executed. */
const EXECUTED: Readonly<Record<string, (text: string, folder: string) => Outcome>> = {
  json: (text, folder) => {
    writeFileSync(join(folder, 'spec.json'), text);
    return { kind: 'printed', lines: [] };
  },
  sh: (text, folder) => execute(text.replaceAll('npx jumpfill', CLI), [], folder, true),
  js: (text, folder) => executeFile(process.execPath, 'main.mjs', text, folder),
  python: (text, folder) => executeFile(PYTHON, 'main.py', text, folder),
  rust: () => ({ kind: 'printed', lines: [] }),
};

export const LANGUAGES: readonly string[] = Object.keys(EXECUTED);

/** @throws {Error} with what it wrote to standard error, if it fails for another reason than a missing package */
export function runBlock({ language, text }: Block, folder: string): Outcome {
  const run = EXECUTED[language];
  if (run === undefined) throw new Error(`A block in ${language}, which nothing here executes.`);
  return run(text, folder);
}

function executeFile(program: string, name: string, text: string, folder: string): Outcome {
  writeFileSync(join(folder, name), text);
  return execute(program, [name], folder);
}

/** As Python and Node say that there is no such package. */
const MISSING = /ModuleNotFoundError: No module named '([^']+)'|Cannot find package '([^']+)'/;

function execute(program: string, parameters: readonly string[], folder: string, shell = false): Outcome {
  const options = { cwd: folder, encoding: 'utf8', shell } as const;
  const { error, status, stdout, stderr } = spawnSync(program, parameters, options);
  if (error !== undefined) return { kind: 'missing', what: program };
  if (status === 0) return { kind: 'printed', lines: stdout.trimEnd().split('\n') };
  const [, python, npm] = MISSING.exec(stderr) ?? [];
  const what = python ?? npm;
  if (what === undefined || what === 'jumpfill') throw new Error(stderr);
  return { kind: 'missing', what };
}
