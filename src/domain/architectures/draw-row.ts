/**
 * Rows of the table of architectures: which tensors, and what is drawn.
 * @module
 */
import type { InitInput } from '../recipes/init.js';
import type { LikeTensor } from '../specs/listed-tensors.js';
import type { ModelConfig } from './model-config.js';

/** What rows know of a model. */
export interface ModelFacts {
  /** Of the part of the model that a tensor belongs to: that of the text, the images, or the whole. */
  readonly config: ModelConfig;
  /** Of the whole model. */
  readonly whole: ModelConfig;
  /** The standard deviation of what no row names, from `initializer_range` or what the architecture has in its place. */
  readonly std: number;
  /** The shape of another tensor; undefined if there is none of that name. */
  readonly shapeOf: (name: string) => readonly number[] | undefined;
  /** Its dtype in the file. */
  readonly dtypeOf: (name: string) => LikeTensor['dtype'] | undefined;
}

/** What a tensor's row gives: an initialiser, perhaps with a word for people about why it is none of the authors'. */
export interface ChosenInit {
  readonly init: InitInput;
  readonly note?: string;
}

export interface DrawRow {
  /** Globs of tensor names. */
  readonly names: readonly string[];
  /** Undefined: the row does not apply to this tensor, and later ones are asked. */
  readonly choose: (tensor: LikeTensor, facts: ModelFacts) => InitInput | ChosenInit | undefined;
}

export const isChosen = (given: InitInput | ChosenInit): given is ChosenInit => 'init' in given;

/** A row that gives every tensor of these names the same. */
export const always = (given: InitInput | ChosenInit, ...names: readonly string[]): DrawRow => ({
  names,
  choose: () => given,
});

/** A row whose initialiser follows from the model or from the shape. */
export const draws = (choose: DrawRow['choose'], ...names: readonly string[]): DrawRow => ({ names, choose });

export const zeros: InitInput = { kind: 'zeros' };
export const ones: InitInput = { kind: 'ones' };
export const normal = (std: number): InitInput => (std === 0 ? zeros : { kind: 'normal', std });
export const constant = (value: number): InitInput => ({ kind: 'constant', value });
export const uniform = (high: number, low = -high): InitInput => ({ kind: 'uniform', low, high });

/** torch's `trunc_normal_(std=...)`, whose bounds are the values ±2. */
export const truncated = (std: number): InitInput =>
  std === 0 ? zeros : { kind: 'truncated_normal', std, a: -2, b: 2 };

type Dtyped = Pick<LikeTensor, 'dtype'>;
export const isFloat = ({ dtype }: Dtyped): boolean => /^B?F(?:16|32|64)$/.test(dtype);
export const isFloat8 = ({ dtype }: Dtyped): boolean => dtype === 'F8_E4M3' || dtype === 'F8_E5M2';
export const isWhole = ({ dtype }: Dtyped): boolean => /^[IU]\d+$/.test(dtype);

/** A dimension of a shape, negative ones from the end; 1 for one that is not there, or is empty. */
export const dim = ({ shape }: LikeTensor, axis: number): number => Math.max(shape.at(axis) ?? 1, 1);

/** The fan-in of a weight in torch's layout. */
export const fanIn = ({ shape }: Pick<LikeTensor, 'shape'>): number =>
  Math.max(
    shape.slice(1).reduce((product, size) => product * size, 1),
    1,
  );

/** What the config says of the depth. */
export const layersOf = ({ config, whole }: ModelFacts): number =>
  config.count(...LAYERS) ?? config.lengthOf('layers_block_type') ?? whole.count(...LAYERS) ?? 1;

const LAYERS = ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers', 'encoder_layers'];

/** torch's own draw of Linear and Conv: weights within 1 / √fan_in, and biases by the weights' fan-in. */
export const torchDefault = (tensor: LikeTensor, { shapeOf }: ModelFacts): InitInput => {
  const shape = tensor.name.endsWith('.bias')
    ? (shapeOf(tensor.name.replace(/bias$/, 'weight')) ?? tensor.shape)
    : tensor.shape;
  return uniform(1 / Math.sqrt(fanIn({ shape })));
};
