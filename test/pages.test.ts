/** The pages are correct: their examples run and print what they say, and the names on them are exactly those that exist. */
import { exec, execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as jumpfill from 'jumpfill';
import { INIT_PARAMETERS } from '#built/domain/recipes/init.js';
import type { Parameter } from '#built/domain/recipes/parameters.js';
import { runCli } from './support/cli.js';
import { makeFolder } from './support/folder.js';
import type { Hub } from './support/hub-server.js';
import { startPagesHub } from './support/page-models.js';
import { anchorsOf, linksOf, PAGES, readPage, USER_PAGES, type Block } from './support/pages.js';
import { casesOf, slowTest } from './support/thorough.js';

const pages = PAGES.map(readPage);
const userPages = USER_PAGES.map(readPage);
const words = userPages.map(({ text }) => text).join('\n');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const CLI = `"${process.execPath}" "${resolve('dist/src/cli.js')}"`;
const withOurs = (script: string): string => script.replaceAll('npx jumpfill', CLI);

/** Commands of npm that are not scripts. */
const NPM_COMMANDS = /^npm (?:ci|start|test|pack|install [\w./-]+)$/;

function checkNpm(command: string): void {
  for (const part of command.split(' && ')) {
    const [, script] = /^npm run ([\w:-]+)/.exec(part) ?? [];
    if (script === undefined) expect(part).toMatch(NPM_COMMANDS);
    else expect(scripts).toHaveProperty([script]);
  }
}

/** @returns what it printed */
async function runCommand(command: string, cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<string> {
  if (command.startsWith('npm ')) {
    checkNpm(command);
    return '';
  }
  expect(command).toContain('npx jumpfill ');
  // A command without shell syntax needs no process of its own.
  const [, plain] = /^npx jumpfill ([\w./:=%@ -]+)$/.exec(command) ?? [];
  if (plain !== undefined) {
    const { code, stdout, stderr } = await runCli(plain.split(' '), {}, cwd);
    expect(code, stderr).toBe(0);
    return stdout;
  }
  const env = { ...process.env, ...variables };
  const { stdout } = await promisify(exec)(withOurs(command), { cwd, env, maxBuffer: 2 ** 26 });
  return stdout;
}

/** A job array's script, once a task, as Slurm would run it. */
async function runArray(script: string, cwd: string): Promise<void> {
  const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script) ?? [];
  const [min, max] = [Number(first), Number(last)];
  for (let task = min; task <= max; task++) {
    await runCommand(script, cwd, {
      SLURM_ARRAY_TASK_ID: String(task),
      SLURM_ARRAY_TASK_COUNT: String(max - min + 1),
      SLURM_ARRAY_TASK_MIN: String(min),
      SLURM_ARRAY_TASK_MAX: String(max),
    });
  }
}

const linesOf = (text: string): string[] => text.replaceAll('\\\n', ' ').trim().split('\n');

/** Compiled as a user's project would, with the checks of declarations that most leave out. */
const TYPE_CHECK =
  'npx tsc --ignoreConfig --noEmit --strict --module nodenext --lib esnext --types node --skipLibCheck false';

/** How the blocks of a page are executed: in order and in one folder, except for modules. */
const EXECUTED: Readonly<Record<string, (text: string, folder: string, printed: string) => Promise<string>>> =
  {
    sh: async (text, folder) => {
      let printed = '';
      for (const command of linesOf(text)) printed = await runCommand(command, folder);
      return printed;
    },
    sbatch: async (text, folder) => {
      await runArray(text, folder);
      return '';
    },
    ts: async (text, _, printed) => {
      const file = 'build/page.ts';
      writeFileSync(file, text);
      const { stdout } = spawnSync(`${TYPE_CHECK} ${file}`, { shell: true, encoding: 'utf8' });
      expect(stdout).toBe('');
      return await Promise.resolve(printed);
    },
    /** The spec.json of the commands after it. */
    json: async (text, folder, printed) => {
      JSON.parse(text);
      writeFileSync(join(folder, 'spec.json'), text);
      return await Promise.resolve(printed);
    },
    /** Lines of what the command before it prints. */
    text: async (text, _, printed) => {
      const found = printed.split('\n').map((line) => line.trimEnd());
      expect(found).toEqual(expect.arrayContaining(text.trimEnd().split('\n')));
      return await Promise.resolve(printed);
    },
  };

/** The lines that a module prints. One that starts threads prints from them, which only a process of its own waits for. */
async function printedBy(file: string, text: string): Promise<string[]> {
  const folder = makeFolder();
  if (!text.includes('worker_threads')) {
    const { href } = pathToFileURL(file);
    return await printedHere(() => import(href), folder);
  }
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  return stdout.trim().split('\n');
}

/** The lines that are printed in this process. */
async function printedHere(run: () => Promise<unknown>, folder: string): Promise<string[]> {
  const [home, log] = [process.cwd(), vi.spyOn(console, 'log').mockImplementation(() => undefined)];
  try {
    process.chdir(folder);
    await run();
    return log.mock.calls.map((line) => format(...line));
  } finally {
    process.chdir(home);
    log.mockRestore();
  }
}

const runBlocks = async (blocks: readonly Block[], folder: string): Promise<void> => {
  let printed = '';
  for (const { language, text } of blocks)
    printed = (await EXECUTED[language]?.(text, folder, printed)) ?? printed;
};

describe('examples', () => {
  const home = process.env;
  let hub: Hub | undefined;

  beforeEach(async () => {
    hub = await startPagesHub(userPages);
    process.env = { ...home, ...hub.environment };
  });

  afterEach(async () => {
    process.env = home;
    await hub?.close();
  });

  test('every block has a language that can be executed', () => {
    const languages = userPages.flatMap(({ blocks }) => blocks.map(({ language }) => language));
    const known = new Set([...Object.keys(EXECUTED), 'js']);
    expect(languages.filter((language) => !known.has(language))).toEqual([]);
  });

  const modules = userPages.flatMap(({ path, blocks }) =>
    blocks.filter(({ language }) => language === 'js').map(({ text }, i) => ({ path, i, text })),
  );

  test.each(modules)(
    'module $i of $path runs and prints what its comments say',
    async ({ path, i, text }) => {
      const file = `build/page-${path.replaceAll('/', '-')}-${i}.mjs`;
      writeFileSync(file, text);
      const printed = await printedBy(resolve(file), text);
      const promised = [...text.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
      expect(printed).toEqual(promised);
    },
  );

  /** Those of the others fill hundreds of megabytes. */
  const quickPages = userPages.filter(({ path }) => !['README.md', 'src/storage/README.md'].includes(path));

  test.each(casesOf({ few: quickPages, all: userPages }))(
    'the commands of $path run in its order, on its specs',
    async ({ blocks }) => {
      await runBlocks(blocks, makeFolder());
    },
  );

  test('every spec has a command that takes it', () => {
    for (const { path, blocks } of userPages) {
      blocks.forEach(({ language }, i) => {
        if (language === 'json') expect(blocks[i + 1]?.text, path).toContain('spec.json');
      });
    }
  });
});

describe('form', () => {
  test('the README counts the kinds that draw', () => {
    const drawing = Object.keys(INIT_PARAMETERS).filter((kind) => kind !== 'keep').length;
    const { text } = readPage('README.md');
    expect(text).toContain(`[${drawing}, all of theirs]`);
    expect(text).toContain(
      `\`heNormal()\`, \`orthogonal()\`, \`wage({ bits: 2 })\` and [${drawing - 3} other kinds]`,
    );
  });

  test('the README opens with the two commands and has at most 150 lines', () => {
    const { blocks, lines } = readPage('README.md');
    expect(blocks[0]?.text).toBe('npm ci && npm start\nnpm ci && npm test\n');
    expect(lines.length).toBeLessThanOrEqual(150);
  });

  test.each([...userPages, readPage('src/api/USE_WITH.md'), readPage('CONTRIBUTING.md')])(
    'lines of $path wrap at 120, rows of tables excepted',
    ({ lines }) => {
      expect(lines.filter((line) => line.length > 120 && !line.startsWith('|'))).toEqual([]);
    },
  );
});

describe('links', () => {
  const links = pages.flatMap(linksOf);

  test('point to files and headings that exist', () => {
    const broken = links.filter(
      ({ to, anchor }) =>
        !existsSync(to) || (anchor !== '' && !anchorsOf(readFileSync(to, 'utf8')).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  slowTest('also work in the package', () => {
    const options = { encoding: 'utf8', shell: process.platform === 'win32' } as const;
    const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options);
    const [{ files }] = JSON.parse(printed) as [{ readonly files: readonly { readonly path: string }[] }];
    const packed = files.map(({ path }) => path);
    const isPacked = (path: string): boolean =>
      packed.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
    expect(PAGES.filter((path) => !isPacked(path))).toEqual([]);
    expect(links.filter(({ to }) => !isPacked(to))).toEqual([]);
  });

  test('reach every page from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) for (const { from, to } of links) if (from === path) reached.add(to);
    expect(PAGES.filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe('names', () => {
  const help = execFileSync(process.execPath, ['dist/src/cli.js', '--help'], { encoding: 'utf8' });
  const matchesIn = (text: string, pattern: RegExp): string[] => [
    ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? match[0])),
  ];
  const has = (name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(words);
  const missing = (names: readonly string[]): string[] => names.filter((name) => !has(name));

  test('every export of the library', () => {
    expect(missing(Object.keys(jumpfill))).toEqual([]);
  });

  test('every method of the engine, a tensor and a generator', () => {
    const methods = [jumpfill.Engine, jumpfill.SharedTensor, jumpfill.TorchGenerator].flatMap(
      ({ prototype }) => Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor'),
    );
    expect(methods.length).toBeGreaterThan(20);
    expect(missing(methods)).toEqual([]);
  });

  test('every code of an error', () => {
    const codes = matchesIn(readFileSync('src/base/errors.ts', 'utf8'), /'([A-Z]+_[A-Z_]+)'/g);
    expect(codes.length).toBeGreaterThan(20);
    expect(missing(codes)).toEqual([]);
  });

  test('every command and option of the command line', () => {
    const commands = matchesIn(help, /^ {2}jumpfill (\w+)/gm);
    const options = matchesIn(help, /--[a-z-]+/g);
    expect(commands.length).toBeGreaterThan(5);
    expect(options.length).toBeGreaterThan(20);
    expect(missing([...commands, ...options])).toEqual([]);
  });

  test('every option beside the commands that take it', () => {
    const rows = readPage('src/cli/README.md').text.matchAll(/^\| `(--[a-z-]+)[^|`]*` \| ([\w, ]+) \|/gm);
    const told = new Map([...rows].map(([, option = '', commands = '']) => [option, commands.split(', ')]));
    const sections = [...help.matchAll(/^Options of (\w+)\n((?: {2}.*\n)+)/gm)];
    expect(sections.length).toBeGreaterThan(3);
    const taken = new Map<string, string[]>();
    for (const [, command = '', list = ''] of sections)
      for (const option of matchesIn(list, /^ {2}(--[a-z-]+)/gm))
        taken.set(option, [...(taken.get(option) ?? []), command]);
    expect(told).toEqual(taken);
  });

  test('every kind of initialiser, with its parameters, in one row', () => {
    const rows = readPage('src/domain/recipes/README.md').lines.filter((line) => line.startsWith('|'));
    for (const [kind, parameters] of Object.entries(INIT_PARAMETERS)) {
      const row = rows.find((line) => line.startsWith(`| \`${kind}\``));
      for (const [key, parameter] of Object.entries<Parameter>(parameters)) {
        const value = 'default' in parameter ? ` = ${JSON.stringify(parameter.default)}` : '';
        expect(row, kind).toContain(`\`${key}${value}\``);
      }
    }
  });

  test('every folder of the sources, and no path that does not exist, in CONTRIBUTING', () => {
    const { text } = readPage('CONTRIBUTING.md');
    const paths = matchesIn(text, /`((?:src|workers|test|bench|docs)(?:\/[\w.-]+)*)`/g);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
    const folders = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map(({ parentPath }) => parentPath.replaceAll('\\', '/'));
    expect([...new Set(folders)].filter((folder) => folder !== 'src' && !paths.includes(folder))).toEqual([]);
  });

  test('every script, and none that does not exist', () => {
    const text = [words, readPage('CONTRIBUTING.md').text].join('\n').replace(/\s+/g, ' ');
    expect(matchesIn(text, /npm run ([\w:-]+)/g).filter((name) => !(name in scripts))).toEqual([]);
    const called = Object.keys(scripts).filter((name) => !/^(?:pre|post)/.test(name));
    const said = (name: string): boolean => new RegExp(`npm (?:run )?${name}(?![\\w:-])`).test(text);
    expect(called.filter((name) => !said(name))).toEqual([]);
  });
});
