/** Bytes of a block of 16 words, or of the 16 float32 normals made of them: words j and j + 8 make normals j and j + 8. */
export const BLOCK_BYTES: usize = 64;
export const BLOCK_BYTES_LOG2: usize = 6;
