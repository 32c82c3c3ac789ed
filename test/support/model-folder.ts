/** A folder as save_pretrained leaves it: a small checkpoint and the files beside its weights. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.js';
import { frame, headerOf } from './stored-files.js';

export const CONFIG = '{\n  "architectures": ["TinyModel"],\n  "dtype": "float32"\n}\n';

/** The companion files of such a folder, in the order in which they are reported. */
export const COMPANIONS = {
  'config.json': CONFIG,
  'generation_config.json': '{"eos_token_id": 2}',
  'tokenizer.json': `{"model": {"vocab": {"a": 0, "b": 1}}, "padding": "${'x'.repeat(5000)}"}`,
  'tokenizer_config.json': '{"tokenizer_class": "PreTrainedTokenizerFast"}',
  'tokenizer.model': '\n\u000e\n\u0005<unk>',
  LICENSE: 'Apache License',
} as const;

export const COMPANION_NAMES = Object.keys(COMPANIONS);

/** Neither weights nor companion files. */
export const OTHERS = {
  'README.md': '# A model',
  'modeling_tiny.py': 'import os',
  'pytorch_model.bin': 'PK',
  'optimizer.pt': 'PK',
  'training_args.bin': 'PK',
  'model.safetensors.index.json.old': '{}',
  '.gitattributes': '*.bin filter=lfs',
} as const;

/** @param files  beside the checkpoint, by name; undefined leaves one out */
export function makeModelFolder(
  files: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): string {
  const folder = makeFolder();
  writeFileSync(
    join(folder, 'model.safetensors'),
    frame(
      headerOf({ 'a.weight': ['F32', [64, 64], 0, 16384], 'b.weight': ['F32', [32, 64], 16384, 24576] }),
      24576,
    ),
  );
  mkdirSync(join(folder, '1_Pooling'));
  writeFileSync(join(folder, '1_Pooling', 'config.json'), '{}');
  const all: Readonly<Record<string, string | Uint8Array | undefined>> = {
    ...COMPANIONS,
    ...OTHERS,
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content !== undefined) writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Rules for it: two shards with `shardSize: '20KB'`. */
export const RULES = { seed: 5, default: { init: { kind: 'normal', std: 0.02 } } };
