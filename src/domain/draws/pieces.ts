/**
 * Pieces: consecutive ranges that together are a tensor's elements, each of something else.
 * @module
 */

export interface Pieces<Of> {
  readonly kind: 'pieces';
  /** Ascending; the last ends where the tensor does. */
  readonly pieces: readonly Piece<Of>[];
}

export interface Piece<Of> {
  /** The element after its last; it begins where the piece before it ends. */
  readonly end: number;
  readonly of: Of;
}

/**
 * Cuts a range of elements at the ends of pieces.
 * @param visit  called for each part, in order: its piece, its first element, and how many elements it has, 1 at least
 */
export function cutByPieces<Of>(
  { pieces }: Pieces<Of>,
  start: number,
  elementCount: number,
  visit: (of: Of, first: number, count: number) => void,
): void {
  const stop = start + elementCount;
  let first = start;
  for (let i = findPiece(pieces, start); first < stop; i++) {
    const piece = pieces[i];
    if (piece === undefined) throw new RangeError(`No piece has element ${first}`);
    const end = Math.min(piece.end, stop);
    if (end > first) visit(piece.of, first, end - first);
    first = Math.max(first, end);
  }
}

/** The first piece that ends after the element. */
function findPiece<Of>(pieces: readonly Piece<Of>[], element: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle]?.end ?? Infinity) > element) high = middle;
    else low = middle + 1;
  }
  return low;
}
