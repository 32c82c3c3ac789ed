/** Bytes of a group: the 16 float32 of one step of the eight lanes (src/engine/simd/groups.ts). */
export const GROUP_BYTES: usize = 64;
export const GROUP_BYTES_LOG2: usize = 6;
