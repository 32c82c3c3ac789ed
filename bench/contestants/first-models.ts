/**
 * The models whose first files are timed: as specs, and as lists of layers for Python.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveModel, type ModelTensor } from '#built/domain/specs/spec.js';
import type { PeerDtype } from '../peers/works.js';

interface Spec {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface FirstModel {
  readonly label: string;
  readonly dtype: PeerDtype;
  readonly spec: object;
  readonly tensors: readonly ModelTensor[];
}

/** Normal with a std, or all of one value. */
export type Layer = { readonly name: string; readonly shape: readonly number[] } & (
  { readonly std: number } | { readonly value: number }
);

const readSpec = (folder: string, name: string): Spec =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Spec;

/** The sizes of Llama 3 8B, and those of TinyLlama 1.1B (https://huggingface.co/TinyLlama) in their place. */
const TINY_SIZES: ReadonlyMap<number, number> = new Map([
  [4096, 2048],
  [14_336, 5632],
  [1024, 256],
  [128_256, 32_000],
]);
const TINY_LAYERS = 22;

/** TinyLlama's layer list, in one file. */
function makeTinyLlama(folder: string): Spec {
  const { tensors, ...rest } = readSpec(folder, 'llama-3-8b');
  const layerOf = (name: string): number => Number(/layers\.(\d+)\./.exec(name)?.[1] ?? 0);
  const kept = tensors.filter(({ name }) => layerOf(name) < TINY_LAYERS);
  const small = kept.map(({ name, shape }) => ({
    name,
    shape: shape.map((size) => TINY_SIZES.get(size) ?? size),
  }));
  return { ...rest, tensors: small };
}

/**
 * @param folder   of the specs: bench/models
 * @param isQuick  a few small tensors alone
 */
export function listFirstModels(folder: string, isQuick: boolean): readonly FirstModel[] {
  return [
    makeModel('GPT-2, float32', 'float32', readSpec(folder, 'gpt2'), isQuick),
    makeModel('1.1 B, bfloat16', 'bfloat16', makeTinyLlama(folder), isQuick),
  ];
}

function makeModel(
  label: string,
  dtype: PeerDtype,
  { tensors, ...rest }: Spec,
  isQuick: boolean,
): FirstModel {
  const small = tensors.filter(({ shape }) => shape.length === 1).slice(0, 4);
  const spec = { ...rest, tensors: isQuick ? [...small, { name: 'small', shape: [64, 64] }] : tensors };
  return { label, dtype, spec, tensors: resolveModel(spec).tensors };
}

/** @throws an initialiser that the scripts do not know */
export function layersOf({ tensors }: FirstModel): readonly Layer[] {
  return tensors.map(({ name, shape, recipe: { init } }) => {
    switch (init.kind) {
      case 'normal':
        return { name, shape, std: numberIn(init.std) };
      case 'ones':
        return { name, shape, value: 1 };
      case 'zeros':
        return { name, shape, value: 0 };
      default:
        throw new Error(`${name}: the scripts of the peers do not draw ${init.kind}`);
    }
  });
}

function numberIn(std: unknown): number {
  if (typeof std !== 'number') throw new Error('its std is not a number');
  return std;
}
