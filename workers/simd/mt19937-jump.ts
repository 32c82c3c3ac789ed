// Applies a jump of mt19937: src/domain/streams/mt19937-jump.ts is the specification.

/** The window in pieces of 13 vectors, which stay in registers while all windows of the sum pass by. */
const PIECE_BYTES: usize = 13 * 16;
const PIECES: usize = 12;

/**
 * Adds up (xor) the windows at raw + offset for a list of offsets.
 * @param raw      the raw words that the windows lie in
 * @param offsets  `count` numbers of bytes, not 0 of them
 * @param dst      where the sum goes
 */
export function addWindows(raw: usize, offsets: usize, count: i32, dst: usize): void {
  const end = offsets + (<usize>count << 2);
  const pastPieces = raw + PIECES * PIECE_BYTES;
  do {
    let sum$k = i32x4.splat(0); // $k: 12..0
    let at = offsets;
    do {
      const window = raw + <usize>load<u32>(at);
      sum$k = v128.xor(sum$k, v128.load(window, 16 * $k)); // $k: 12..0
      at += 4;
    } while (at != end);
    v128.store(dst, sum$k, 16 * $k); // $k: 12..0
    raw += PIECE_BYTES;
    dst += PIECE_BYTES;
  } while (raw != pastPieces);
}
