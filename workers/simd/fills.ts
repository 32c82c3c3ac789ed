// The module of fills: they make words and store float32 elements straight into the tensor's own memory, which this
// module imports. Nothing else may lie in that memory, so everything here is in locals and globals.
//
// One step of the eight lanes makes a group of 16 words, and so 16 elements: 64 bytes. `dst` may be any address
// that is a multiple of 4. A fill starts from the current lane states and leaves the states after its last group; `groups`
// must be positive. Calls should be for a block or less: V8 switches to optimised code only between calls.

export { fillConstant } from "./constant";
export { fillUniform, fillUniformCentred, fillUniformShifted, fillWords } from "./uniform";
