// The module of transforms: they turn the values that a fill has stored into another distribution, in place, a tile at a time or while
// they fill the next. A module of its own because V8's revectorizer can join independent vectors here, but cannot handle a fill's
// loop (in Node 26 it even ends the process). Same memory, same groups, same lane states.

export {
  one,
  p$k, // $k: 4..0
  q$k, // $k: 3..0
  centreWords, truncatedNormal, truncatedNormalCentred,
} from "./truncated-normal";
export { truncatedNormalOverlapped, truncatedNormalCentredOverlapped } from "./truncated-normal-overlapped";
export {
  normal,
  middleP$k, // $k: 5..0
  middleQ$k, // $k: 3..0
  endP$k, // $k: 3..0
  endQ$k, // $k: 2..0
  log$k, // $k: 6..0
  halfStep, halfWords, largestInt, endWords, signBit,
} from "./normal";
export { normalOverlapped } from "./normal-overlapped";
export {
  boundedNormal,
  shortfall$k, // $k: 7..0
  unit, two, stepHalf, mantissaMask, unitBits, topBits, minus,
} from "./bounded-normal";
