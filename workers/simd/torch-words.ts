// The module of torch's generator: mt19937's window, jumps, and uniform values. It works in any memory: the window lies at `raw`, and
// values go to `dst`, which may be `raw` itself, so a tensor is filled in place. A group is 16 words; `groups` must be positive. A fill
// leaves the next window at raw + 64 * groups.

export { highBit, temperB, temperC, twistMatrix } from "./mt19937";
export { fillTempered, skipWords, slide } from "./mt19937-words";
export { addWindows } from "./mt19937-jump";
export {
  centredSum, fillCentred, fillCentred64, fillScaled, fillScaled64, half24, halvesSum, high21, low24, lowerHalf, upperHalf,
} from "./torch-uniform";
export { addExactly, addFused, addFused64, midpointBits, replaceFrom, splitter64, surplusBits, upperBits } from "./torch-fused";
