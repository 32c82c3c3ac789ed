// The module of transforms of float64 tensors: as transforms.ts, with 8 elements to a group.

export {
  boundedNormal64, boundedOne, boundedSignBit, boundedTwo, depthHigh, depthLow, exponentMask, exponentOffset,
  halvesOffset, latticeMask, latticeSign, lowerBits, lowerMask, oneBits, rootShift, upperBits,
  depthL6, depthL5, depthL4, depthL3, depthL2, depthL1, depthL0,
} from "./bounded-normal64";
export {
  truncatedLine, truncatedNormal64, truncatedNormal64Centred, truncatedOne, truncatedSlope,
  truncatedP10, truncatedP9, truncatedP8, truncatedP7, truncatedP6, truncatedP5, truncatedP4, truncatedP3, truncatedP2, truncatedP1, truncatedP0, truncatedQ9, truncatedQ8, truncatedQ7, truncatedQ6, truncatedQ5, truncatedQ4, truncatedQ3, truncatedQ2, truncatedQ1, truncatedQ0,
} from "./truncated-normal64";
export {
  centreBase, centreLine, firstBits, logHigh, logLow, normal64, normalOne, normalSignBit, normalTwo, partBits,
  secondBits, secondOffset, tailBelow, tailOffset,
  centreP9, centreP8, centreP7, centreP6, centreP5, centreP4, centreP3, centreP2, centreP1, centreP0, centreQ8, centreQ7, centreQ6, centreQ5, centreQ4, centreQ3, centreQ2, centreQ1, centreQ0,
  tailP9, tailP8, tailP7, tailP6, tailP5, tailP4, tailP3, tailP2, tailP1, tailP0, tailQ7, tailQ6, tailQ5, tailQ4, tailQ3, tailQ2, tailQ1, tailQ0,
  logP5, logP4, logP3, logP2, logP1, logP0,
} from "./normal64";
