/**
 * The programs of this folder, each in the file of its name.
 * @module
 */
export interface Fit {
  readonly name: string;
  readonly does: string;
  /** The number it takes, if it takes one. */
  readonly parameter?: string;
}

export const FITS: readonly Fit[] = [
  { name: 'truncated-normal', does: 'derives and measures the truncated normal, float32' },
  { name: 'normal', does: 'derives the normal and the bounded normal, float32; measures the normal' },
  { name: 'bounded-normal', does: 'measures the bounded normal, float32' },
  { name: 'float64', does: 'derives the normal and the truncated normal, float64' },
  {
    name: 'float64-accuracy',
    does: 'measures the normal and the truncated normal, float64',
    parameter: '[words per set]',
  },
  {
    name: 'bounded-normal64-accuracy',
    does: 'measures the bounded normal, float64',
    parameter: '[words per set]',
  },
  { name: 'torch-normal-words', does: 'compares the radii and angles of torch normals, all 2^24 of each' },
  { name: 'orthogonal', does: 'measures how orthogonal orthogonal matrices are', parameter: '[seed]' },
];
