/**
 * A draw of torch's, bound to SIMD code on one memory.
 * @module
 */
/** Makes groups of values at `dst`, which may be `raw`, from the window at `raw`; leaves the next window `groups` groups after it. */
export type FillTorch = (raw: number, dst: number, groups: number) => void;

export interface BoundTorch {
  readonly elementBytes: number;
  /** Elements that 16 words give. */
  readonly groupElements: number;
  readonly fill: FillTorch;
}
