// The module of fills: they make words and store float32 elements straight into the tensor's own memory, which this
// module imports. Nothing else may lie in that memory: everything here is in locals and globals.
//
// One step of the eight lanes makes a group of 16 words, and so 16 elements: 64 bytes. `dst` may be any address
// that is a multiple of 4. A fill goes on from the current lane states and leaves them after its last group; `groups`
// must be positive, and calls of one block or less let V8 switch to optimised code between two of them.

export { fillConstant } from "./constant";
export { fillUniform, fillUniformCentred, fillUniformShifted, fillWords, half } from "./uniform";
