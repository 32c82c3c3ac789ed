/**
 * The layer lists that are written, verified, opened and planned.
 * @module
 */
import type { ModelSpec } from '#built/domain/specs/model-spec.js';
import { pathInBench } from '../../measure/folders.js';
import { readSpecFile } from '#built/storage/read/spec-file.js';

const pathOf = (name: string): string => pathInBench(`models/${name}.json`);

export const LLAMA_70B_PATH = pathOf('llama-3-70b');

/** The kinds of GPT-2's biases and norms, which all recipes keep. */
const CONSTANTS: readonly string[] = ['ones', 'zeros'];

/** Recipes for GPT-2's layers; each makes a model. */
export const RECIPES: readonly { readonly label: string; readonly change: Pick<ModelSpec, 'default'> }[] = [
  { label: 'uniform (WAGE)', change: { default: { dtype: 'float32', init: { kind: 'wage', bits: 2 } } } },
  {
    label: 'truncated normal',
    change: { default: { dtype: 'float32', init: { kind: 'truncated_normal', std: 0.02 } } },
  },
  { label: 'normal', change: {} },
];

/** The same in half the bytes. */
export const HALF: (typeof RECIPES)[number] = {
  label: 'truncated normal, bfloat16',
  change: { default: { dtype: 'bfloat16', init: { kind: 'truncated_normal', std: 0.02 } } },
};

const QUICK_PREFIX = 'transformer.h.0.';

/** @param isQuick  its first block only */
export async function readGpt2({ change }: (typeof RECIPES)[number], isQuick: boolean): Promise<ModelSpec> {
  const spec = (await readSpecFile(pathOf('gpt2'))) as ModelSpec;
  const tensors = spec.tensors?.filter(({ name }) => !isQuick || name.startsWith(QUICK_PREFIX)) ?? [];
  if (change.default === undefined) return { ...spec, tensors };
  const rules = spec.rules?.filter(({ init }) => CONSTANTS.includes(init?.kind ?? '')) ?? [];
  return { ...spec, ...change, rules, tensors };
}
