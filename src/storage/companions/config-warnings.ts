/**
 * Where a copied config.json does not describe what is written beside it. The file stays as it is, byte for byte: what to change in it
 * is for its reader to decide.
 * @module
 */
import { listNames, show } from '../../base/wording.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { CONFIG } from './companion-names.js';
import { HEAD, warnOfOtherTensors, type SourceTensors } from './config-fit.js';
import type { ModelConfig } from './config-json.js';

/** A tensor as it is written. */
export interface WrittenTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  /** The tensor whose bytes it has. */
  readonly sameAs?: string | undefined;
}

/**
 * @param source   the tensors of the checkpoint that it is like
 * @param outName  of the file that is written, or that shards are named after
 */
export function warnOfConfigs(
  configs: ReadonlyMap<string, ModelConfig>,
  tensors: readonly WrittenTensor[],
  source: SourceTensors,
  outName: string,
): readonly string[] {
  const config = configs.get(CONFIG) ?? {};
  return [
    ...warnOfOutName(config, outName),
    ...warnOfDtype(config, tensors),
    ...warnOfTies(config, tensors),
    ...warnOfMissingHead(config, tensors, source),
    ...warnOfOtherTensors(tensors, source),
    ...warnOfCode(configs),
  ];
}

/** The one name that from_pretrained looks for, for one file and, with the suffix of an index, for shards. */
function warnOfOutName(config: ModelConfig, outName: string): string[] {
  const library = '_diffusers_version' in config ? 'diffusers' : 'transformers';
  const name = library === 'diffusers' ? 'diffusion_pytorch_model.safetensors' : 'model.safetensors';
  if (outName === name) return [];
  return [
    `from_pretrained of ${library} looks for ${name} or its index, not for ${show(outName)}: name the output ${name}.`,
  ];
}

/** The dtypes that config.json may name as that of the model. */
const FLOATS: readonly Dtype[] = ['float64', 'float32', 'float16', 'bfloat16'];

/** Most elements decide: norms and scales often have another dtype than the rest, and config.json knows one. */
function warnOfDtype(config: ModelConfig, tensors: readonly WrittenTensor[]): string[] {
  // transformers writes `dtype` from 4.56 on, `torch_dtype` before.
  const key = 'dtype' in config ? 'dtype' : 'torch_dtype';
  const value = config[key];
  const named = FLOATS.find((dtype) => value === dtype || value === `torch.${dtype}`);
  const written = FLOATS.map((dtype) => ({ dtype, elements: countElements(tensors, dtype) }));
  const most = written.reduce((a, b) => (b.elements > a.elements ? b : a));
  if (named === undefined || most.elements === 0 || most.dtype === named) return [];
  const found = `${CONFIG} says ${key} ${show(named)}, and most floats are written as ${most.dtype}`;
  return [`${found}: loaders convert them. Change ${key} in the copy, or the dtypes of the rules.`];
}

const countElements = (tensors: readonly WrittenTensor[], dtype: Dtype): number =>
  tensors.reduce((sum, tensor) => (tensor.dtype === dtype ? sum + tensor.elementCount : sum), 0);

const EMBEDDING = /(?:^|\.)(?:embed_tokens|wte|word_embeddings|shared|tok_embeddings)\.weight$/;

/** transformers keeps both, with a warning of its own; vLLM skips the head. */
function warnOfTies(config: ModelConfig, tensors: readonly WrittenTensor[]): string[] {
  if (config['tie_word_embeddings'] !== true || !tensors.some(({ name }) => EMBEDDING.test(name))) return [];
  const heads = tensors.filter(({ name, sameAs }) => HEAD.test(name) && sameAs === undefined);
  if (heads.length === 0) return [];
  const found = `${CONFIG} says tie_word_embeddings, and ${listNames(heads.map(({ name }) => name))} has values of its own`;
  return [`${found}: some loaders take them, others the embedding's. Tie it with \`same_as\`, or skip it.`];
}

/** Where it says that the head is not tied, transformers draws one that is not there, at random and anew each time. */
function warnOfMissingHead(
  config: ModelConfig,
  tensors: readonly WrittenTensor[],
  source: SourceTensors,
): string[] {
  if (config['tie_word_embeddings'] !== false || tensors.some(({ name }) => HEAD.test(name))) return [];
  const heads = [...source.keys()].filter((name) => HEAD.test(name));
  if (heads.length === 0) return [];
  return [
    `${CONFIG} says that embeddings are not tied, and ${listNames(heads)} is left out: loaders miss it, or draw it themselves.`,
  ];
}

/** Modules that from_pretrained would load with trust_remote_code; a tokenizer or a processor may have its own. */
const warnOfCode = (configs: ReadonlyMap<string, ModelConfig>): string[] =>
  Array.from(configs).flatMap(([name, { auto_map: modules }]) => {
    if (modules === undefined) return [];
    const found = `${name} names code of its own (auto_map: ${show(modules)}), which is not copied, since it would run`;
    return [`${found}. Read it, then copy the *.py files beside the weights.`];
  });
