/**
 * Gains: the factor that makes up for a nonlinearity's shrinking of its inputs, from torch's table.
 *
 * Source: torch.nn.init.calculate_gain, https://docs.pytorch.org/docs/stable/nn.init.html; the leaky ReLU's is He et al.,
 * 2015, https://arxiv.org/abs/1502.01852, equation 15.
 *
 * torch squares the slope by C's pow, which rounds some squares otherwise: of random slopes 1 in 1,200, after the square root 1 in 4,000
 * gains (glibc 2.36, two million slopes). None of 0, 0.01, 0.1, 0.2, 0.3, 1 and sqrt(5) is one.
 * @module
 */

export const NONLINEARITIES = [
  'linear',
  'conv1d',
  'conv2d',
  'conv3d',
  'conv_transpose1d',
  'conv_transpose2d',
  'conv_transpose3d',
  'sigmoid',
  'tanh',
  'relu',
  'leaky_relu',
  'selu',
] as const;
export type Nonlinearity = (typeof NONLINEARITIES)[number];

/** @param a  the leaky ReLU's slope below 0; the others ignore it */
export function gainOf(nonlinearity: Nonlinearity, a: number): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + a * a));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}
