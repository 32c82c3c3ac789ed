/**
 * The version of the byte contract (BYTE_CONTRACT.md): within it the same (seed, name, recipe, dtype, element) gives the same bits.
 * @module
 */
export const BYTE_CONTRACT = 1;
