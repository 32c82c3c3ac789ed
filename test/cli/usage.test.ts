/** Command lines, parsed without a process: contradictory options, options of other programs, names of built-in models. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/arguments/parse-command.js';
import { COMMAND_NAMES, describeCommand, findCommand } from '../../src/cli/arguments/commands.js';
import { writeCommandHelp } from '#built/cli/arguments/help.js';
import { describeOption, type OptionName } from '../../src/cli/arguments/options.js';
import { warnOfName } from '../../src/cli/arguments/output-name.js';
import { findModel, listModels, locateSpec } from '#built/cli/arguments/built-in-models.js';
import { JumpfillError } from '../../src/base/errors.js';
import { makeFolder } from '../support/folder.js';

function refusalOf(argv: readonly string[]): string {
  try {
    parseCommand(argv);
  } catch (error) {
    if (error instanceof JumpfillError && error.code === 'BAD_OPTION') return error.message;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
}

/** An option as it may be typed. */
const VALUES: Readonly<Partial<Record<OptionName, string>>> = {
  'shard-size': '5GB',
  part: '1/2',
  'record-every': '3',
  threads: '2',
  seed: '7',
  generator: 'torch',
  init: 'auto',
};
function type(name: OptionName): string[] {
  const { value, isValueOptional } = describeOption(name);
  return value === undefined || isValueOptional ? [`--${name}`] : [`--${name}`, VALUES[name] ?? 'x'];
}

test('an optional value must follow an =; without one, the next argument is not taken for the value', () => {
  expect(refusalOf(['init', 's.json', '--wait', '60', '--out', 'm'])).toMatch(/--wait=60/);
  expect(parseCommand(['init', '--wait', 's.json', '--out', 'm'])).toMatchObject({
    waitForLock: true,
    specPath: 's.json',
  });
  expect(parseCommand(['init', 's.json', '--wait=1.5', '--out', 'm'])).toMatchObject({ waitForLock: 1500 });
  expect(parseCommand(['init', 's.json', '--wait=.1', '--out', 'm'])).toMatchObject({ waitForLock: 100 });
});

test('a negative seed is a value, and not another option', () => {
  for (const seed of [['--seed', '-1'], ['--seed=-1']])
    expect(parseCommand(['plan', 's.json', ...seed, '--generator', 'torch'])).toMatchObject({
      seed: -1n,
      generator: 'torch',
    });
  expect(refusalOf(['plan', 's.json', '--seed', '-x'])).toMatch(/^--seed is "-x"/);
  expect(refusalOf(['plan', 's.json', '--seed=--1'])).toMatch(/^--seed is "--1"/);
  expect(refusalOf(['plan', 's.json', '--threads', '-1'])).toContain('--threads');
});

test('a seed that no generator takes is shown as it was typed, sign and all', () => {
  const takes = 'It takes a whole number from 0 to 2^64 - 1, with torch from -2^63.';
  for (const seed of [String(-(2n ** 63n) - 1n), `-${'9'.repeat(30)}`, String(2n ** 64n)])
    expect(refusalOf(['plan', 's.json', `--seed=${seed}`, '--generator', 'torch'])).toBe(
      `--seed is "${seed}". ${takes}`,
    );
});

test('the least and the largest seed are taken, with leading zeros too', () => {
  for (const seed of [String(-(2n ** 63n)), String(2n ** 64n - 1n), `-${'0'.repeat(30)}1`, '0'])
    expect(parseCommand(['plan', 's.json', `--seed=${seed}`])).toMatchObject({ seed: BigInt(seed) });
});

test('--generator takes the name of a generator, and in verify and inspect it needs --spec', () => {
  expect(refusalOf(['plan', 's.json', '--generator', 'tourch'])).toBe(
    '--generator is "tourch". Did you mean "torch"? Known: "xoroshiro128+", torch.',
  );
  for (const name of ['verify', 'inspect']) {
    expect(refusalOf([name, 'm', '--generator', 'torch'])).toBe(
      `${name}: --generator needs --spec. Pass both, or neither.`,
    );
    expect(parseCommand([name, 'm', '--spec', 's', '--generator', 'torch'])).toMatchObject({
      generator: 'torch',
    });
  }
});

describe('with --out -', () => {
  /** Options for standard output as well as for files. */
  const OF_BOTH: readonly OptionName[] = [
    'out',
    'from',
    'like',
    'init',
    'seed',
    'generator',
    'threads',
    'json',
    'quiet',
  ];

  test.each(describeCommand('init').options.filter((name) => !OF_BOTH.includes(name)))(
    'init refuses --%s, which is for files, and takes it with a file',
    (name) => {
      expect(refusalOf(['init', 's.json', '--out', '-', ...type(name)])).toBe(
        `init: --${name} is for files, and --out - is standard output. Leave out --${name}, or name a file.`,
      );
      const needed = name === 'with-config' ? ['--like', 'c'] : [];
      expect(parseCommand(['init', 's.json', '--out', 'm', ...needed, ...type(name)]).kind).toBe('init');
    },
  );

  test.each(OF_BOTH.filter((name) => name !== 'out' && name !== 'from'))('init takes --%s', (name) => {
    const needed = name === 'init' ? ['--like', 'c'] : [];
    expect(parseCommand(['init', 's.json', '--out', '-', ...needed, ...type(name)]).kind).toBe('init');
  });

  test('init takes --from', () => {
    expect(parseCommand(['init', '--from', 'x', '--out', '-']).kind).toBe('init');
  });

  test('plan, merge and inspect refuse standard output', () => {
    expect(refusalOf(['plan', 's.json', '--out', '-'])).toMatch(/^plan: --out - is standard output/);
    expect(refusalOf(['merge', '-'])).toMatch(/^merge: "-" is not a file\./);
    expect(refusalOf(['inspect', 'x', '--html', '-'])).toMatch(/^inspect: --html takes a file, not "-"\./);
  });
});

describe('options that cannot be combined are refused, not ignored:', () => {
  test.each([
    [['inspect', 'x', '--force'], 'inspect: --force needs --html. Pass both, or neither.'],
    [['verify', 'x', '--sample-seed', '3'], 'verify: --sample-seed needs --sample. Pass both, or neither.'],
    [['init', 's.json', '--out', 'm', '--quiet', '--json'], 'init: --quiet cannot be combined with --json.'],
    [
      ['init', 's.json', '--out', 'm', '--quiet', '--checksum'],
      'init: --quiet cannot be combined with --checksum.',
    ],
    [['inspect', 'x', '--quiet', '--json'], 'inspect: --quiet cannot be combined with --json.'],
    [['verify', 'x', '--quiet', '--json'], 'verify: --quiet cannot be combined with --json.'],
    [['merge', 'x', '--quiet', '--json'], 'merge: --quiet cannot be combined with --json.'],
    [['init', 's.json', '--from', 'x', '--out', 'm'], 'init: --from cannot be combined with a spec.'],
    [['recipe', 'x', '--seed', '3'], 'recipe: --seed needs --like. Pass both, or neither.'],
    [['plan', 'hf:o/n'], 'only --like takes one. Write: jumpfill plan --like hf:o/n --init auto'],
    [['verify', 'hf:o/n'], 'verify: "hf:o/n" is an address, and only --like takes one. Pass the path'],
    [
      ['plan', '--like', 'x', '--init', '{kind: normal}'],
      'which is not JSON. Keys and names need double quotes',
    ],
    [
      ['plan', '--like', 'x', '--init', 'constant'],
      `--init is "constant", which needs value. Write it as JSON: '{"kind":"constant","value":0}'.`,
    ],
    [['recipe'], 'recipe: CHECKPOINT is missing. Write: jumpfill recipe CHECKPOINT'],
    [['recipe', '--like', 'x'], 'recipe: SPEC.json is missing. Name a JSON file with rules'],
    [
      ['init', '--from', 'x', '--out', 'm', '--with-config'],
      'init: --with-config goes with --like, which --from does not take. Leave out --with-config, and copy',
    ],
    [
      ['plan', '--from', 'x', '--init', 'auto'],
      'plan: --init goes with --like, which --from does not take. Leave out --init',
    ],
    [['plan', 's.json', '--with-config'], 'plan: --with-config needs --like. Pass both, or neither.'],
    [['plan', '--from', 'x', '--like', 'y'], 'plan: --from cannot be combined with --like.'],
    [['init', 's.json', '--out', 'a', '--out', 'b'], '--out was given twice: "a" and "b". Pass it once.'],
    [['plan', 's.json', '--seed=1', '--seed', '2'], '--seed was given twice: "1" and "2". Pass it once.'],
    [['help', 'plan', 'init'], 'help: unexpected argument "init".'],
  ])('%j', (argv, message) => {
    expect(refusalOf(argv)).toContain(message);
  });

  test('the same value twice counts once, and repeatable options may have several', () => {
    expect(parseCommand(['plan', 's.json', '--seed', '1', '--seed', '1', '--json', '--json'])).toMatchObject({
      seed: 1n,
    });
    expect(parseCommand(['verify', 'x', '--tensor', 'a', '--tensor', 'b'])).toMatchObject({
      tensors: ['a', 'b'],
    });
  });

  test('each command refuses the options of the others, by name', () => {
    for (const name of COMMAND_NAMES) {
      const { argument, options, isArgumentOptional } = describeCommand(name);
      const others = COMMAND_NAMES.flatMap((other) => describeCommand(other).options).filter(
        (o) => !options.includes(o),
      );
      const words = argument === undefined || isArgumentOptional ? [] : ['x'];
      for (const option of others)
        expect(refusalOf([name, ...words, ...type(option)])).toContain(`${name} has no option --${option}.`);
    }
  });
});

test.each(['-1', '86401', '1e3', 'x', '', '1.', 'Infinity', '0x3'])('--record-every takes no %j', (text) => {
  expect(refusalOf(['init', 's.json', '--out', 'm', `--record-every=${text}`])).toBe(
    `--record-every is ${JSON.stringify(text)}. It takes seconds, from 0 to 86400.`,
  );
});

test.each([
  ['0', 0],
  ['0.25', 250],
  ['3', 3000],
  ['86400', 86_400_000],
])('--record-every %s is %i ms', (text, recordIntervalMs) => {
  expect(parseCommand(['init', 's.json', '--out', 'm', '--record-every', text])).toMatchObject({
    recordIntervalMs,
  });
});

describe('an option of another program leads to ours, or to where its value goes:', () => {
  test.each([
    [
      ['init', 's.json', '--out', 'm', '--dtype', 'bf16'],
      'It belongs in the spec: "default": { "dtype": "bfloat16" }; rules and tensors',
    ],
    [['init', 's.json', '--out', 'm', '--dtype', 'torch.float16'], '"default": { "dtype": "float16" }'],
    [
      ['plan', 's.json', '--dtype=float64'],
      'Unknown option --dtype. It belongs in the spec: "default": { "dtype": "bfloat16" }',
    ],
    [
      ['init', 's.json', '--out', 'm', '--std', '0.02'],
      '"default": { "init": { "kind": "normal", "std": 0.02 } }',
    ],
    [['init', 's.json', '--output', 'm'], 'Did you mean "--out"?'],
    [['init', 's.json', '-o', 'm'], 'Did you mean "--out"?'],
    [['init', 's.json', '--out', 'm', '-f'], 'Did you mean "--from" or "--force"?'],
    [['init', 's.json', '--out', 'm', '--rec', '3'], 'Did you mean "--record-every"?'],
    [['init', 's.json', '--out', 'm', '--max_shard_size', '5GB'], 'Did you mean "--shard-size"?'],
    [['init', 's.json', '--out', 'm', '--overwrite'], 'Did you mean "--force"?'],
    [['init', 's.json', '--out', 'm', '--workers', '4'], 'Did you mean "--threads"?'],
    [['init', 's.json', '--dry-run'], 'jumpfill plan shows what init would write.'],
    [['plan', 's.json', '--workers', '4'], 'Unknown option --workers. Known:'],
    [['verify', 'x', '--shard-size', '5GB'], 'verify has no option --shard-size. Known:'],
  ])('%j', (argv, message) => {
    expect(refusalOf(argv)).toContain(message);
  });
});

describe('no message repeats a long argument', () => {
  const long = 'x'.repeat(100_000);
  test.each([
    [[long]],
    [['help', long]],
    [['help', 'init', long]],
    [['init', 's.json', long]],
    [['init', 's.json', `--${long}`]],
    [['init', 's.json', '--out', 'm', '--seed', '9'.repeat(100_000)]],
    [['init', 's.json', '--out', 'm', '--seed', `-${long}`]],
    [['init', 's.json', '--out', 'm', '--shard-size', long]],
    [['init', 's.json', '--out', 'm', '--part', long]],
    [['init', 's.json', '--out', 'm', '--record-every', long]],
    [['init', 's.json', '--out', 'm', '--threads', long]],
    [['init', 's.json', '--out', 'm', `--force=${long}`]],
    [['init', 's.json', '--out', 'm', '--out', long]],
    [['verify', 'x', '--sample', long]],
    [['init', long, '--out', 'm']],
    [['merge', long]],
    [['recipe', long]],
    [['init', 's.json', '--out', long]],
    [['plan', '--from', long]],
    [['plan', 's.json', '--like', long]],
    [['verify', 'x', '--spec', long]],
    [['inspect', 'x', '--html', long]],
  ])('%#', (argv) => {
    expect(refusalOf(argv).length).toBeLessThan(1000);
  });
});

test('an empty path is refused', () => {
  expect(refusalOf(['init', '', '--out', 'm'])).toBe('init: the path is empty. Name a file.');
  expect(refusalOf(['plan', 's.json', '--out='])).toBe('--out: the path is empty. Name a file.');
});

test('the command is the first one that the command line names', () => {
  expect(findCommand(['init', 'plan'])).toBe('init');
  expect(findCommand(['--json', 'plan', 's.json'])).toBe('plan');
  expect(findCommand(['int'])).toBeUndefined();
});

describe('an output without the ending .safetensors', () => {
  test.each([
    [
      'm.npy',
      '--out "m.npy" will hold safetensors, but ends in ".npy" like NumPy\'s files. Readers look for .safetensors: --out "m.safetensors".',
    ],
    ['a/pytorch_model.bin', 'ends in ".bin" like PyTorch\'s files'],
    ['m.pt', '--out "m.safetensors"'],
    ['m.GGUF', 'llama.cpp'],
    ['m.json', 'ends in ".json" like JSON files'],
    ['model', '--out "model" will hold safetensors, but has no ending.'],
    [
      'gpt2-v1.5',
      '--out "gpt2-v1.5" will hold safetensors, but ends in ".5". Readers look for .safetensors: --out "gpt2-v1.5.safetensors".',
    ],
    [
      'm.safetensors.index.json',
      'looks like an index. Name the file that shards and index are named after: --out m.safetensors.',
    ],
  ])('%s causes a warning', (out, warning) => {
    expect(warnOfName(out)).toEqual([expect.stringContaining(warning)]);
  });

  test.each(['m.safetensors', 'a/b.c/m.safetensors', '-', undefined])('%s causes none', (out) => {
    expect(warnOfName(out)).toEqual([]);
  });
});

describe('a spec may be the name of a built-in model', () => {
  const home = process.cwd();
  beforeEach(() => {
    process.chdir(makeFolder());
  });
  afterEach(() => {
    process.chdir(home);
  });

  test('in any folder, unless there is a file of that name', () => {
    expect(listModels()).toEqual(['gpt2', 'llama-3-70b', 'llama-3-8b', 'vgg7-wage']);
    for (const name of listModels()) {
      expect(locateSpec(name)).toBe(join(home, 'bench', 'models', `${name}.json`));
      expect(findModel(name)).toBe(locateSpec(name));
    }
    writeFileSync('gpt2', '{}');
    expect(locateSpec('gpt2')).toBe('gpt2');
    expect(findModel('gpt2')).toBeUndefined();
  });

  test('a path stays a path', () => {
    for (const path of ['./gpt2', 'models/gpt2', '/gpt2', 'gpt2.yaml', 'spec.json', '-'])
      expect(locateSpec(path)).toBe(path);
  });

  test.each([
    [
      'gpt3',
      '"gpt3" is neither a file nor a built-in model. Known: gpt2, llama-3-70b, llama-3-8b, vgg7-wage.',
    ],
    ['lama-3-8b', 'Did you mean "llama-3-8b"?'],
    ['gpt2.json', 'Did you mean "gpt2"?'],
  ])('%s is neither, and the error lists the built-in models', (name, message) => {
    expect(() => locateSpec(name)).toThrow(message);
    expect(() => locateSpec(name)).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }));
  });

  test('the package contains them, and the help of commands that take a spec names them', () => {
    const { files } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
      files: readonly string[];
    };
    expect(files).toContain('bench/models');
    for (const command of ['init', 'plan'] as const)
      expect(writeCommandHelp(command, Infinity)).toContain(`a built-in model: ${listModels().join(', ')}.`);
  });
});
