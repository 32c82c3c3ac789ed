/**
 * The choices of the filters of a short-time Fourier transform, by name. They are checked where nothing is computed.
 * @module
 */
export const STFT_SIDES = ['real', 'imag'] as const;
export const STFT_WINDOWS = ['hann', 'hamming', 'boxcar', 'none'] as const;
export const STFT_SCALINGS = ['density', 'spectrum', 'none'] as const;
