/**
 * transformers opens what is drawn like a checkpoint with its companion files: no key is missing or left over, every tensor is the one
 * of the file, the tokenizer is the same, and a forward pass is finite. Skipped where Python lacks transformers or compressed-tensors.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, openCheckpoint } from 'jumpfill';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at } from '../../../src/base/at.js';

const python = process.env['JUMPFILL_PYTHON'] ?? 'python3';
const SCRIPT = 'test/storage/companions/from_pretrained.py';
const MODELS = ['llama', 'qwen2', 'gpt2', 'bert', 'quantized'] as const;
/** Nothing is looked for on the Hub. */
const env = { ...process.env, HF_HUB_OFFLINE: '1' };

const hasTransformers =
  spawnSync(python, ['-c', 'import transformers, compressed_tensors, torch'], { env }).status === 0;

/** What transformers says of a folder that it opened. */
interface Opened {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly string[];
  /** Tensors of the files whose values the model does not have. */
  readonly different: readonly string[];
  readonly absent: readonly string[];
  readonly finite: boolean;
  readonly deviation: number;
}

function runPython(...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT, ...parameters], { encoding: 'utf8', env });
  expect(status, stderr).toBe(0);
  return stdout;
}

const openAll = (folders: readonly string[]): readonly Opened[] =>
  JSON.parse(runPython('open', ...folders)) as readonly Opened[];

const engine = new Engine({ threads: 2 });
/** Made only where there is something to test. */
let root = '';
const folderOf = (kind: 'made' | 'file' | 'shards', model: string): string => join(root, kind, model);

/** Codes and scales of packed layers, and the sizes that the checkpoint holds beside them. */
async function rulesOf(model: string): Promise<object> {
  const checkpoint = await openCheckpoint(folderOf('made', model));
  const sizes = checkpoint.names.filter((name) => name.endsWith('.weight_shape'));
  const rules = await Promise.all(
    sizes.map(async (name) => {
      const { data } = await checkpoint.read(name);
      return { match: name, init: { kind: 'values', values: Array.from(data as BigInt64Array, Number) } };
    }),
  );
  const packed = [
    { match: '*.weight_packed', init: { kind: 'bits' } },
    { match: '*.weight_scale', init: { kind: 'uniform', low: 0.005, high: 0.02 } },
  ];
  const norms = { match: 're:.*(norm|ln_|LayerNorm).*weight', init: { kind: 'ones' } };
  const spec = { seed: 3, default: { init: { kind: 'normal', std: 0.05 } } };
  return { ...spec, rules: [norms, ...rules, ...(sizes.length > 0 ? packed : [])] };
}

/** One file by rules, or shards of what the architecture's authors draw. */
async function draw(model: string, kind: 'file' | 'shards'): Promise<readonly string[]> {
  const folder = folderOf(kind, model);
  mkdirSync(folder, { recursive: true });
  const spec = kind === 'file' ? await rulesOf(model) : { seed: 3 };
  const { warnings, companions = [] } = await engine.writeCheckpoint(spec, {
    out: join(folder, 'model.safetensors'),
    like: folderOf('made', model),
    withConfig: true,
    ...(kind === 'shards' && { shardSize: '30KB', init: 'auto' }),
  });
  // With auto a word says that codes are random.
  expect(warnings.filter((warning) => !warning.startsWith('init auto: '))).toEqual([]);
  return companions.map(({ name }) => name);
}

describe.runIf(hasTransformers)('transformers opens', () => {
  const found = new Map<string, Opened>();
  const copied = new Map<string, readonly string[]>();

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'jumpfill-models-'));
    runPython('make', join(root, 'made'));
    for (const model of MODELS)
      for (const kind of ['file', 'shards'] as const) copied.set(`${kind} ${model}`, await draw(model, kind));
    const folders = (['made', 'file', 'shards'] as const).flatMap((kind) =>
      MODELS.map((model): [string, string] => [`${kind} ${model}`, folderOf(kind, model)]),
    );
    // As a run that is killed before its last step leaves it.
    cpSync(folderOf('file', 'llama'), folderOf('file', 'killed'), { recursive: true });
    rmSync(join(folderOf('file', 'killed'), 'config.json'));
    folders.push(['killed', folderOf('file', 'killed')]);
    const opened = openAll(folders.map(([, folder]) => folder));
    for (const [i, [name]] of folders.entries()) found.set(name, at(opened, i));
  });

  afterAll(async () => {
    rmSync(root, { recursive: true });
    await engine.close();
  });

  test.each(MODELS)('%s, as one file and as shards', (model) => {
    const made = found.get(`made ${model}`) ?? expect.fail(model);
    for (const kind of ['file', 'shards'] as const) {
      const { deviation, ...opened } = found.get(`${kind} ${model}`) ?? expect.fail(model);
      expect(opened).toEqual({ ...made, deviation: undefined, finite: true });
      for (const key of ['missing', 'unexpected', 'mismatched', 'different', 'absent'] as const) {
        expect(opened[key], key).toEqual([]);
      }
      // Other weights: the folder that was opened is not the one that it is like.
      expect(deviation).toBeGreaterThan(0);
      expect(deviation).not.toBe(made.deviation);
    }
    const drawn = found.get(`shards ${model}`)?.deviation ?? 0;
    expect(drawn / made.deviation, 'what the authors draw gives logits as wide').toBeGreaterThan(0.75);
    expect(drawn / made.deviation).toBeLessThan(1.33);
    const shards = readdirSync(folderOf('shards', model)).filter((name) => name.startsWith('model-'));
    expect(shards.length).toBeGreaterThan(1);
  });

  test('no folder without a config.json, which comes last', () => {
    expect(found.get('killed')).toMatchObject({ error: expect.stringMatching(/Error$/) as string });
  });

  test('with the files of each kind of tokenizer', () => {
    const names = ['file llama', 'file gpt2', 'file bert'].map((name) => copied.get(name));
    const [llama, gpt2, bert] = names;
    expect(llama).toEqual([
      ...['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'],
      'chat_template.jinja',
    ]);
    expect(gpt2).toEqual([
      ...['config.json', 'generation_config.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt'],
    ]);
    expect(bert).toEqual(['config.json', 'tokenizer_config.json', 'vocab.txt']);
  });
});
