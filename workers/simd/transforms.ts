// The module of transforms: they take what a fill has stored to another distribution, in place, a tile at a time or while
// they make the next. Apart from the fills because V8's revectorizer joins their independent vectors, and does not
// understand a fill's loop (in Node 26 it even ends the process there). Same memory, same groups, same lane states.

export {
  one, p0, p1, p2, p3, p4, q0, q1, q2, q3, truncatedNormal, truncatedNormalCentred,
} from "./truncated-normal";
export { half } from "./uniform";
export { truncatedNormalOverlapped, truncatedNormalCentredOverlapped } from "./truncated-normal-overlapped";
export {
  normal, middleP5, middleP4, middleP3, middleP2, middleP1, middleP0, middleQ3, middleQ2, middleQ1, middleQ0, endP3,
  endP2, endP1, endP0, endQ2, endQ1, endQ0, log6, log5, log4, log3, log2, log1, log0, halfStep, halfWords,
  largestInt, endWords, signBit,
} from "./normal";
export {
  boundedNormal, shortfall7, shortfall6, shortfall5, shortfall4, shortfall3, shortfall2, shortfall1, shortfall0,
  unit, two, stepHalf, mantissaMask, unitBits, topBits, minus,
} from "./bounded-normal";
