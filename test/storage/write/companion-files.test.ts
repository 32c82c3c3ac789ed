/** Companion files beside what is written: what is copied, kept, refused and reported. */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, mergeCheckpoint, planCheckpoint, type WriteCheckpointOptions } from 'jumpfill';
import { runCli } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { COMPANION_NAMES, COMPANIONS, makeModelFolder, RULES } from '../../support/model-folder.js';

const engine = new Engine({ threads: 1 });
afterAll(async () => {
  await engine.close();
});

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const INDEX = 'model.safetensors.index.json';

interface Ready {
  readonly like: string;
  readonly folder: string;
  readonly options: WriteCheckpointOptions;
}

function makeReady(more: Partial<WriteCheckpointOptions> = {}): Ready {
  const [like, folder] = [makeModelFolder(), makeFolder()];
  return {
    like,
    folder,
    options: { out: join(folder, 'model.safetensors'), like, withConfig: true, ...more },
  };
}

const write = (options: WriteCheckpointOptions): ReturnType<Engine['writeCheckpoint']> =>
  engine.writeCheckpoint(RULES, options);

const actionsOf = (companions: readonly { readonly name: string; readonly action: string }[] = []): object =>
  Object.fromEntries(companions.map(({ name, action }) => [name, action]));

const all = (action: string): object => Object.fromEntries(COMPANION_NAMES.map((name) => [name, action]));

function expectCompanions(folder: string): void {
  for (const [name, content] of Object.entries(COMPANIONS)) {
    expect(readFileSync(join(folder, name), 'utf8'), name).toBe(content);
  }
}

describe('written', () => {
  test('the folder holds the weights, the companion files byte for byte, and nothing else', async () => {
    const { folder, options } = makeReady();
    const { companions, warnings } = await write(options);
    expect(listFolder(folder)).toEqual([...COMPANION_NAMES, 'model.safetensors'].sort());
    expectCompanions(folder);
    expect(warnings).toEqual([]);
    expect(companions).toEqual(
      Object.entries(COMPANIONS).map(([name, { length }]) => ({
        name,
        byteLength: length,
        action: 'written',
      })),
    );
  });

  test('without the option there are none, neither in the folder nor in the report', async () => {
    const { folder, options } = makeReady({ withConfig: false });
    expect(await write(options)).not.toHaveProperty('companions');
    expect(listFolder(folder)).toEqual(['model.safetensors']);
  });

  test('shards have them too, and each part writes them: the second finds the same bytes', async () => {
    const { folder, options } = makeReady({ shardSize: '20KB' });
    for (const [part, action] of [
      ['1/2', 'written'],
      ['2/2', 'kept'],
    ] as const) {
      expect(actionsOf((await write({ ...options, part })).companions)).toEqual(all(action));
    }
    await mergeCheckpoint({ out: options.out });
    expect(listFolder(folder)).toEqual([...COMPANION_NAMES, ...SHARDS, INDEX].sort());
  });

  test('parts that run at once agree', async () => {
    const { folder, options } = makeReady({ shardSize: '20KB' });
    await Promise.all(['1/2', '2/2'].map((part) => write({ ...options, part })));
    expect(listFolder(folder)).toEqual([...COMPANION_NAMES, ...SHARDS].sort());
    expectCompanions(folder);
  });

  test('the weights are those of a run without them', async () => {
    const [one, other] = [makeReady(), makeReady({ withConfig: false })];
    await write(one.options);
    await write(other.options);
    expect(readFileSync(one.options.out).equals(readFileSync(other.options.out))).toBe(true);
  });
});

test('rules that rename and skip cause a warning, and config.json stays as it is', async () => {
  const { folder, options } = makeReady();
  const rules = [
    { match: 'a.*', rename: 'body.a.$1' },
    { match: 'b.*', skip: true },
  ];
  const { warnings } = await engine.writeCheckpoint({ ...RULES, rules }, options);
  expect(warnings).toEqual([
    expect.stringContaining(
      '1 is written under names that it does not have ("body.a.weight"), 2 are left out ("a.weight", "b.weight")',
    ),
  ]);
  expectCompanions(folder);
});

describe('what is there already', () => {
  test('is kept if it is the same, and a file with other bytes is refused before anything is written', async () => {
    const { like, folder, options } = makeReady();
    copyFileSync(join(like, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    writeFileSync(join(folder, 'config.json'), `${COMPANIONS['config.json']} `);
    const { mtimeNs } = statSync(join(folder, 'tokenizer.json'), { bigint: true });
    for (const resume of [false, true]) {
      await expect(write({ ...options, resume })).rejects.toMatchObject({
        code: 'OUTPUT_EXISTS',
        found: expect.stringContaining(join(folder, 'config.json')) as string,
      });
    }
    expect(listFolder(folder)).toEqual(['config.json', 'tokenizer.json']);
    const { companions } = await write({ ...options, force: true });
    expect(actionsOf(companions)).toEqual({ ...all('written'), 'tokenizer.json': 'kept' });
    expect(statSync(join(folder, 'tokenizer.json'), { bigint: true }).mtimeNs).toBe(mtimeNs);
    expectCompanions(folder);
  });

  test('a replaced config.json that was private stays private', async () => {
    const { folder, options } = makeReady();
    writeFileSync(join(folder, 'config.json'), '{}');
    chmodSync(join(folder, 'config.json'), 0o600);
    await write({ ...options, force: true });
    expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
  });

  test('a link counts as another file, even to the same bytes; with force the link is replaced, not its target', async () => {
    const { like, folder, options } = makeReady();
    const target = join(folder, 'elsewhere');
    copyFileSync(join(like, 'config.json'), target);
    symlinkSync(target, join(folder, 'config.json'));
    symlinkSync('/nonexistent/nowhere', join(folder, 'LICENSE'));
    await expect(write(options)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    await write({ ...options, force: true });
    expect(lstatSync(join(folder, 'config.json')).isFile()).toBe(true);
    expect(lstatSync(join(folder, 'LICENSE')).isFile()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe(COMPANIONS['config.json']);
    expectCompanions(folder);
  });

  test('a folder or a device under such a name is refused, even with force', async () => {
    const { folder, options } = makeReady();
    mkdirSync(join(folder, 'config.json'));
    await expect(write({ ...options, force: true })).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
    const other = makeReady();
    symlinkSync('/dev/null', join(other.folder, 'tokenizer.json'));
    await expect(write({ ...other.options, force: true })).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
    });
    expect(listFolder(folder)).toEqual(['config.json']);
  });

  test('an older checkpoint of the same name and another layout is refused, even with force: its weights would open', async () => {
    for (const [older, shardSize] of [
      ['model.safetensors', '20KB'],
      [INDEX, undefined],
      ['model-00001-of-00007.safetensors', undefined],
      ['model-00001-of-00007.safetensors', '20KB'],
    ] as const) {
      const { like, folder, options } = makeReady({ shardSize, force: true });
      writeFileSync(join(folder, older), 'older');
      await expect(write(options)).rejects.toMatchObject({
        code: 'OUTPUT_EXISTS',
        message: expect.stringMatching(`"${older}", of another checkpoint .* remove them`) as string,
      });
      expect(listFolder(folder)).toEqual([older]);
      const { warnings } = await planCheckpoint(RULES, {
        out: options.out,
        like,
        shardSize,
        withConfig: true,
      });
      expect(warnings).toEqual([expect.stringContaining(older)]);
      // Where every companion file is the same already, nothing is mixed.
      for (const name of COMPANION_NAMES) copyFileSync(join(like, name), join(folder, name));
      expect((await write(options)).warnings).toEqual([expect.stringContaining(older)]);
    }
  });

  test('of a checkpoint that is written over itself nothing is touched', async () => {
    const { like } = makeReady();
    const before = listFolder(like);
    const { ino } = statSync(join(like, 'config.json'));
    const { companions } = await write({
      out: join(like, 'model.safetensors'),
      like,
      withConfig: true,
      force: true,
    });
    expect(actionsOf(companions)).toEqual(all('kept'));
    expect(listFolder(like)).toEqual(before);
    expect(statSync(join(like, 'config.json')).ino).toBe(ino);
  });

  test('a finished run that is resumed with the option completes the folder', async () => {
    const { folder, options } = makeReady({ withConfig: false, resume: true });
    await write(options);
    const { companions, keptElements } = await write({ ...options, withConfig: true });
    expect(actionsOf(companions)).toEqual(all('written'));
    expect(keptElements).toBe(64 * 64 + 32 * 64);
    expectCompanions(folder);
  });
});

describe('refused before anything is written:', () => {
  test.each([
    ['no `like`', { like: undefined }, 'BAD_OPTION'],
    ['a value that is no boolean', { withConfig: 'yes' as unknown as boolean }, 'BAD_OPTION'],
  ])('%s', async (_, more, code) => {
    const { folder, options } = makeReady();
    await expect(write({ ...options, ...more })).rejects.toMatchObject({ code });
    const { out, like, withConfig } = { ...options, ...more };
    await expect(planCheckpoint(RULES, { out, like, withConfig })).rejects.toMatchObject({ code });
    expect(listFolder(folder)).toEqual([]);
  });

  test('a source without config.json, or with a broken tokenizer', async () => {
    for (const files of [{ 'config.json': undefined }, { 'tokenizer.json': '{' }]) {
      const { folder, options } = makeReady({ like: makeModelFolder(files) });
      await expect(write(options)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
      expect(listFolder(folder)).toEqual([]);
    }
  });
});

describe('planned', () => {
  test('what is free, what is the same and what is another file, and nothing is written', async () => {
    const { like, folder, options } = makeReady();
    copyFileSync(join(like, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    writeFileSync(join(folder, 'LICENSE'), 'MIT');
    const { companions } = await planCheckpoint(RULES, { out: options.out, like, withConfig: true });
    const found = Object.fromEntries((companions ?? []).map((file) => [file.name, file.found]));
    expect(found).toEqual({ ...all('nothing'), 'tokenizer.json': 'same', LICENSE: 'other' });
    expect(listFolder(folder)).toEqual(['LICENSE', 'tokenizer.json']);
  });
});

describe('on the command line', () => {
  const specOf = (folder: string): string => {
    const spec = join(folder, 'rules.json');
    writeFileSync(spec, JSON.stringify(RULES));
    return spec;
  };

  test('--with-config plans, writes and counts them', async () => {
    const { like, options } = makeReady();
    const command = [specOf(like), '--like', like, '--with-config', '--out', options.out];
    const plan = await runCli(['plan', ...command]);
    expect(plan.stdout).toMatch(/companion file +bytes\n.*config\.json +59/);
    const first = await runCli(['init', ...command]);
    expect(first.stdout).toContain(', 6 companion files, ');
    const again = await runCli(['init', ...command, '--force']);
    expect(again.stdout).toContain(', 6 companion files (6 were there), ');
    const report = await runCli(['init', ...command, '--force', '--json']);
    expect(JSON.parse(report.stdout)).toMatchObject({
      companions: [{ name: 'config.json', action: 'kept' }, {}, {}, {}, {}, {}],
    });
  });

  test('it needs --like, and files: --out - is refused', async () => {
    const { like, options } = makeReady();
    const spec = specOf(like);
    const alone = await runCli(['init', spec, '--with-config', '--out', options.out]);
    expect(alone).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--with-config needs --like') as string,
    });
    const piped = await runCli(['init', spec, '--like', like, '--with-config', '--out', '-']);
    expect(piped).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--with-config is for files') as string,
    });
  });

  test('messages name the flag', async () => {
    const { options } = makeReady();
    const like = makeModelFolder({ 'config.json': undefined });
    const { stderr } = await runCli([
      'init',
      specOf(like),
      '--like',
      like,
      '--with-config',
      '--out',
      options.out,
    ]);
    expect(stderr).toContain('leave out --with-config');
  });
});
