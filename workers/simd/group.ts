/** log2 of the bytes of a group: the 16 float32 of one step of the eight lanes. */
export const GROUP_BYTES_LOG2: usize = 6;
