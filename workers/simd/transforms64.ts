// The module of transforms of float64 tensors: as transforms.ts, with 8 elements to a group.

export {
  boundedNormal64, boundedOne, boundedSignBit, boundedTwo, depthHigh, depthLow, exponentMask, exponentOffset,
  halvesOffset, latticeMask, latticeSign, lowerBits, lowerMask, oneBits, rootShift, upperBits,
  depthL$k, // $k: 6..0
} from "./bounded-normal64";
export {
  truncatedLine, truncatedNormal64, truncatedNormal64Centred, truncatedOne, truncatedSlope,
  truncatedP$k, // $k: 10..0
  truncatedQ$k, // $k: 9..0
} from "./truncated-normal64";
export {
  centreBase, centreLine, firstBits, logHigh, logLow, normal64, normalOne, normalSignBit, normalTwo, partBits,
  secondBits, secondOffset, tailBelow, tailOffset,
  centreP$k, // $k: 9..0
  centreQ$k, // $k: 8..0
  tailP$k, // $k: 9..0
  tailQ$k, // $k: 7..0
  logP$k, // $k: 5..0
} from "./normal64";
