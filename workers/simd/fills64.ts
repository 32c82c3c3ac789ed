// The module of fills of float64 tensors: as fills.ts, with 8 elements to a group. `dst` may be any address that is a
// multiple of 8.

export {
  fillUniform64, fillUniform64Centred, fillUniform64Shifted, fillWords64, integerBits, integerOffset, signBit,
} from "./uniform64";
