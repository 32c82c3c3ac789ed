// The module of fills of whole numbers, and of tensors with two values: as fills.ts, with elements of any width. A group is one step of the
// eight lanes: 16 elements that take a 32-bit word each, or 8 that take a 64-bit word. `dst` may be any multiple of the element's bytes.

export { fillBits16, fillBits8, fillTwo16, fillTwo32, fillTwo64, fillTwo8 } from "./choices";
export {
  fillIntegers16, fillIntegers32, fillIntegers64, fillIntegers8, fillIntegersFloat32, fillIntegersFloat64,
  fillUpperHalves,
} from "./integers";
export { spreadWords64, spreadWordsFloat64 } from "./wide-integers";
