/**
 * What peers are asked to draw: distributions, dtypes, and what is drawn into.
 * @module
 */
/** The work: uniform on [low, high), or normal with std, truncated at +-2 std. */
export const PEER_WORK = { low: -1, high: 1, std: 0.02 } as const;

/** Kaiming's are those of a ReLU, by the fan-in, and not truncated. */
export const PEER_KINDS = [
  'uniform',
  'normal',
  'truncated normal',
  'Kaiming normal',
  'Kaiming uniform',
  'orthogonal',
] as const;

export type PeerKind = (typeof PEER_KINDS)[number];

export const PEER_DTYPES = ['float32', 'bfloat16'] as const;

export type PeerDtype = (typeof PEER_DTYPES)[number];

/** Warm: memory that was drawn into before. Fresh: new for each run. A file is written after warm memory was drawn into. */
export const PEER_PLACES = ['warm', 'fresh', 'file'] as const;

export type PeerPlace = (typeof PEER_PLACES)[number];

export interface PeerWork {
  readonly kind: PeerKind;
  readonly dtype: PeerDtype;
  /** [outputs, inputs] */
  readonly shape: readonly [rows: number, columns: number];
  readonly place: PeerPlace;
  /** Of the file, where there is one. */
  readonly path?: string;
}
