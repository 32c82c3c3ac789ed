// The module of torch's float32 normals. They are made of whole blocks of 16 tempered words, at `words`, a multiple of 4; a block count
// must be positive. Words and values of one call should fit in the first-level cache: each function makes several passes.

export { floatBits, halfPlace } from "./torch-floats";
export {
  low24, unitWords, bottomBits, fractionBits, rootTwoBits, two, quarter, minusLn2High, ln2Low,
  log$k, // $k: 8..0
} from "./torch-normal-radius";
export {
  eighthWords, quarterWords, wordAngle, quarterHigh, quarterMiddle, quarterLow, half, one, signBit,
  cos$k, // $k: 2..0
  sin$k, // $k: 2..0
} from "./torch-normal-angle";
export { neverUnderflows, torchNormal } from "./torch-normal";
export {
  belowHalfPlace, bfloat16Bits, exponentBits, lastBit, placeFactor, signBits, smallestNormal,
} from "./torch-half";
export {
  bound, torchTruncatedNormal, torchTruncatedNormalBfloat16, torchTruncatedNormalFloat16,
} from "./torch-truncated-normal";
