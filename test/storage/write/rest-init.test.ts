/** The option `init`: what the tensors of another checkpoint take that a spec gives no initialiser. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, type RestInit } from 'jumpfill';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../support/cli.js';
import { failureOf } from '../../support/failure.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { startHub } from '../../support/hub-server.js';
import { frame, headerOf } from '../../support/stored-files.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(() => engine.close());

/** A folder with a tiny GPT-2. @param config  undefined: none */
function makeModel(config?: string): string {
  const folder = makeFolder();
  const header = headerOf({
    'h.0.attn.c_proj.weight': ['F32', [8, 8], 0, 256],
    'h.0.ln_1.weight': ['F32', [8], 256, 288],
    'h.0.mlp.c_fc.bias': ['F32', [8], 288, 320],
    'wte.weight': ['F32', [16, 8], 320, 832],
  });
  writeFileSync(join(folder, 'model.safetensors'), frame(header, 832));
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), config);
  return folder;
}

const GPT2 = JSON.stringify({ model_type: 'gpt2', n_layer: 2, initializer_range: 0.04 });

const planOf = async (spec: unknown, like: string, init: unknown): Promise<Record<string, unknown>> => {
  const { tensors } = await engine.planCheckpoint(spec, { like, init: init as RestInit });
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor.init]));
};

describe('auto', () => {
  test('draws what the architecture’s authors draw, and the file says what that is', async () => {
    const [like, out] = [makeModel(GPT2), join(makeFolder(), 'out.safetensors')];
    const report = await engine.writeCheckpoint({}, { like, out, init: 'auto' });
    expect(report.warnings).toEqual([]);
    expect(Object.fromEntries(report.tensors.map(({ name, init }) => [name, init]))).toMatchObject({
      'h.0.attn.c_proj.weight': { kind: 'normal', std: 0.02 },
      'h.0.ln_1.weight': { kind: 'ones' },
      'h.0.mlp.c_fc.bias': { kind: 'zeros' },
      'wte.weight': { kind: 'normal', std: 0.04 },
    });
    expect(await engine.verifyCheckpoint(out)).toMatchObject({ equal: true });
    const { code, stdout } = await runCli(['recipe', out]);
    expect(code).toBe(0);
    expect(stdout.split('\n').length).toBeLessThan(20);
  });

  test('stands behind the rules of a spec, also where they give a dtype alone', async () => {
    const spec = {
      rules: [
        { match: 'wte.*', init: { kind: 'normal', std: 1 } },
        { match: '*.bias', dtype: 'float16' },
      ],
    };
    expect(await planOf(spec, makeModel(GPT2), 'auto')).toMatchObject({
      'wte.weight': { std: 1 },
      'h.0.mlp.c_fc.bias': { kind: 'zeros' },
    });
  });

  test('gives the same bytes as the rules of its recipe, streamed or written', async () => {
    const [like, folder] = [makeModel(GPT2), makeFolder()];
    const out = join(folder, 'a.safetensors');
    const { tensors } = await engine.writeCheckpoint(
      { seed: 3 },
      { like, out, init: 'auto', checksum: true },
    );
    const spec = { seed: 3, tensors: tensors.map(({ name, shape, init }) => ({ name, shape, init })) };
    const [first, second] = await Promise.all(
      [engine.streamCheckpoint({ seed: 3 }, { like, init: 'auto' }), engine.streamCheckpoint(spec)].map(
        async (stream) => {
          const pieces: Uint8Array[] = [];
          for await (const piece of stream) pieces.push(piece.slice());
          return Buffer.concat(pieces);
        },
      ),
    );
    expect(first?.equals(second ?? Buffer.of())).toBe(true);
  });

  test('warns of an architecture that is not in the table', async () => {
    const like = makeModel('{ "model_type": "nobody_knows" }');
    const { warnings } = await engine.planCheckpoint({}, { like, init: 'auto' });
    expect(warnings).toEqual([expect.stringContaining('"nobody_knows" is not in the table')]);
  });

  test('of a checkpoint without a config.json is refused, with what to do', async () => {
    const failure = await failureOf(engine.planCheckpoint({}, { like: makeModel(), init: 'auto' }));
    expect(failure).toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(failure.message).toMatch(/no config\.json.*Put the config\.json of the model there/);
  });

  test.each([
    ['no JSON', '{ "model_type": '],
    ['a list', '[]'],
    ['a number that no double holds', '{ "initializer_range": 1e400 }'],
    ['Python’s infinity', '{ "initializer_range": Infinity }'],
    ['brackets without end', '['.repeat(1e6)],
    ['a bomb of brackets where a part should be', `{ "text_config": ${'['.repeat(1e5)}${']'.repeat(1e5)} }`],
    ['no text', '\u0000\u0001'],
  ])('of a config.json with %s is refused before anything is written', async (_, config) => {
    const [like, folder] = [makeModel(config), makeFolder()];
    const out = join(folder, 'out.safetensors');
    const failure = await failureOf(engine.writeCheckpoint({}, { like, out, init: 'auto' }));
    expect(failure).toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(failure.message.length).toBeLessThan(1000);
    expect(listFolder(folder)).toEqual([]);
  });

  test('of a config.json larger than any is refused', async () => {
    const like = makeModel(`{ "model_type": "gpt2" }${' '.repeat(2 ** 25)}`);
    expect(await failureOf(engine.planCheckpoint({}, { like, init: 'auto' }))).toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  test('is named where one of its rules cannot be drawn', async () => {
    const like = makeModel(JSON.stringify({ model_type: 'gpt2', initializer_range: 5000 }));
    const spec = { rules: [{ match: 'wte.*', dtype: 'float8_e4m3fn' }] };
    const failure = await failureOf(engine.planCheckpoint(spec, { like, init: 'auto' }));
    expect(failure.message).toMatch(/^auto rule "\*": /);
  });
});

describe('auto of a model of the Hub', () => {
  test('reads headers and config.json alone, by name', async () => {
    await using hub = await startHub({ models: { 'o/tiny': makeModel(GPT2) } });
    const env = { HF_ENDPOINT: hub.url, HF_HUB_CACHE: makeFolder() };
    const folder = makeFolder();
    const { code, stderr } = await runCli(
      ['init', '--like', 'hf:o/tiny', '--init', 'auto', '--seed', '7', '--out', 'model.safetensors'],
      env,
      folder,
    );
    expect([code, stderr]).toEqual([0, '']);
    const written = await runCli(['recipe', 'model.safetensors'], {}, folder);
    expect(written.stdout).toContain('"std": 0.02');
    expect(await engine.verifyCheckpoint(join(folder, 'model.safetensors'))).toMatchObject({ equal: true });
  });

  test('without a config.json there is refused', async () => {
    await using hub = await startHub({ models: { 'o/tiny': makeModel() } });
    const env = { HF_ENDPOINT: hub.url, HF_HUB_CACHE: makeFolder() };
    const { code, stderr } = await runCli(['plan', '--like', 'hf:o/tiny', '--init', 'auto'], env);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/Beside hf:o\/tiny@\w+ there is no config\.json/),
    ]);
  });
});

describe('an initialiser', () => {
  test('is for what no rule gives one, and needs no config.json', async () => {
    const spec = { rules: [{ match: '*.bias', init: { kind: 'zeros' } }] };
    const inits = await planOf(spec, makeModel(), { kind: 'uniform', low: -1, high: 1 });
    expect(inits).toMatchObject({
      'h.0.mlp.c_fc.bias': { kind: 'zeros' },
      'wte.weight': { kind: 'uniform' },
    });
  });

  test('may be keep: a rule draws a head, and the rest is copied', async () => {
    const [like, out] = [makeModel(), join(makeFolder(), 'out.safetensors')];
    const spec = { rules: [{ match: 'wte.*', init: { kind: 'ones' } }] };
    const { tensors } = await engine.writeCheckpoint(spec, { like, out, init: { kind: 'keep' } });
    expect(Object.fromEntries(tensors.map(({ name, init }) => [name, init.kind]))).toEqual({
      'h.0.attn.c_proj.weight': 'keep',
      'h.0.ln_1.weight': 'keep',
      'h.0.mlp.c_fc.bias': 'keep',
      'wte.weight': 'ones',
    });
    expect(await engine.verifyCheckpoint(out, { like })).toMatchObject({ equal: true });
  });

  test.each([
    ['automatic', /`init` is "automatic"\. Known: auto, .* Pass "auto" or an initialiser/],
    ['normal', /`init` is "normal"\. Write \{ kind: "normal" \} for that kind\.$/],
    [5, /`init` is 5/],
    [null, /`init` is null/],
    [[], /`init` is/],
    [{ kind: 'gaussian' }, /init\.kind is "gaussian"/],
    [{ kind: 'normal', std: 'x' }, /init\.std is "x"/],
    [{ kind: 'uniform' }, /init\.low, init\.high are missing/],
  ])('%j is refused', async (init, message) => {
    const failure = await failureOf(
      engine.planCheckpoint({}, { like: makeModel(), init: init as unknown as RestInit }),
    );
    expect(failure).toMatchObject({ code: 'BAD_OPTION' });
    expect(failure.message).toMatch(message);
  });

  test('beside a default.init, or without like, is refused', async () => {
    const init = { kind: 'zeros' } as const;
    const both = engine.planCheckpoint({ default: { init } }, { like: makeModel(), init });
    expect(await failureOf(both)).toMatchObject({ code: 'BAD_OPTION' });
    expect(await failureOf(engine.planCheckpoint({}, { init }))).toMatchObject({ code: 'BAD_OPTION' });
  });
});

describe('on the command line', () => {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli(['plan', '--like', makeModel(GPT2), ...args]);
    return `${code} ${stdout}${stderr}`;
  };

  test('a spec is not needed', async () => {
    expect(await run('--init', 'auto')).toMatch(/^0 [^]*normal\(std=0\.04\)/);
    expect(await run('--init', 'normal')).toMatch(/^0 [^]*normal\(\)|^0 [^]*normal/);
    expect(await run('--init', '{ "kind": "normal", "std": 0.5 }')).toMatch(/^0 [^]*normal\(std=0\.5\)/);
  });

  test.each([
    ['auto2', /--init is "auto2".*auto/],
    ['{ "kind": ', /--init is/],
    ['[]', /--init is/],
    ['{ "kind": "uniform" }', /init\.low, init\.high are missing/],
    ['', /--init is ""/],
  ])('%s is refused', async (text, message) => {
    const printed = await run('--init', text);
    expect(printed).toMatch(/^2 /);
    expect(printed).toMatch(message);
  });

  test('--init needs --like', async () => {
    const { code, stderr } = await runCli(['plan', 'gpt2', '--init', 'auto']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--init needs --like')]);
  });
});
