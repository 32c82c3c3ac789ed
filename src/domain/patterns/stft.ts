/**
 * The filters of a short-time Fourier transform, as the kernel [frame, 1, bands] of a convolution: band k of the F = 2 (bands - 1)
 * frequencies is cos(2 pi t k / F) or -sin(2 pi t k / F) at time t, times a window, divided by the window's L2 or L1 norm. Computed in
 * doubles, with the angle reduced exactly to t k mod F, and rounded once; Keras computes in float32.
 *
 * Source: Keras, STFT in keras/src/initializers/constant_initializers.py; scipy.signal.windows for the windows.
 * @module
 */
import { at } from '../../base/at.js';
import { sincos } from '../arithmetic/c-library/sincos.js';
import type { Dtype, ElementArray } from '../tensors/dtypes.js';
import { elementsOf, put } from './element-of.js';
import type { STFT_SCALINGS, STFT_SIDES, STFT_WINDOWS } from './stft-choices.js';

export interface Stft {
  readonly kind: 'stft';
  readonly side: (typeof STFT_SIDES)[number];
  readonly window: (typeof STFT_WINDOWS)[number];
  /** The norm that the window is divided by: L2, or L1. */
  readonly scaling: (typeof STFT_SCALINGS)[number];
  /** The window is one period of a longer one. */
  readonly periodic: boolean;
  /** The length of the window. */
  readonly frame: number;
  /** 2 at least. */
  readonly bands: number;
}

const TWO_PI = 2 * Math.PI;
const pair = new Float64Array(2);

/** The cosine, or minus the sine, of a fraction of a turn. */
function waveAt(side: Stft['side'], turns: number): number {
  sincos(TWO_PI * turns, pair);
  return side === 'real' ? at(pair, 1) : -at(pair, 0);
}

/** The first term of each window; the second is 1 less that. */
const COSINE_WINDOWS: Readonly<Partial<Record<Stft['window'], number>>> = { hann: 0.5, hamming: 0.54 };

function windowOf({ window, frame, periodic }: Stft): Float64Array {
  const first = COSINE_WINDOWS[window];
  const period = periodic ? frame : frame - 1;
  return Float64Array.from({ length: frame }, (_, t) =>
    first === undefined || frame === 1 ? 1 : first - (1 - first) * waveAt('real', t / period),
  );
}

/** The window divided by its norm; no window has no norm. */
function scaledWindow(stft: Stft): Float64Array {
  const values = windowOf(stft);
  const norm = stft.window === 'none' ? 1 : NORMS[stft.scaling](values);
  return values.map((value) => value / norm);
}

const NORMS: Readonly<Record<Stft['scaling'], (values: Float64Array) => number>> = {
  density: (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)),
  spectrum: (values) => values.reduce((sum, value) => sum + Math.abs(value), 0),
  none: () => 1,
};

export function fillStft(dtype: Dtype, stft: Stft, start: number, out: ElementArray): void {
  const element = elementsOf(dtype);
  const { side, bands } = stft;
  const frequencies = 2 * (bands - 1);
  const window = scaledWindow(stft);
  const waves = Float64Array.from({ length: frequencies }, (_, turn) => waveAt(side, turn / frequencies));
  for (let i = 0; i < out.length; i++) {
    const band = (start + i) % bands;
    const time = (start + i - band) / bands;
    const value = at(waves, (time * band) % frequencies) * at(window, time);
    // + 0: no -0.
    put(out, element(value + 0), i);
  }
}
