/**
 * Random orthogonal matrices, Haar-distributed; semi-orthogonal where not square. The scalar specification is this folder.
 *
 * A product of Householder reflections of independent normal vectors of falling length, with signs, is Q of the QR decomposition
 * of a normal matrix, the signs of R's diagonal made positive, so it is Haar-distributed: Stewart, "The Efficient Generation of
 * Random Orthogonal Matrices with an Application to Condition Estimators", SIAM J. Numer. Anal. 17(3), 1980,
 * https://doi.org/10.1137/0717034; Mezzadri, "How to generate random matrices from the classical compact groups",
 * https://arxiv.org/abs/math-ph/0609050. The normal matrix itself is never decomposed.
 *
 * - **Wide or square** (rows <= columns; fill-wide.ts): the vectors are rows, and row i is d_i H_0 H_1 ... H_i e_i. Rows are
 *   independent of each other: any range of them costs 4 columns multiplications and additions for each row above it.
 * - **Tall** (tall-factor.ts, fill-tall.ts): the vectors are columns, and Q = (E - V M) D with one upper triangular M, which
 *   takes the whole matrix's words; given M, rows are independent.
 *
 * Words: element (i, k) of the matrix reads the words of its own element of the tensor.
 *
 * Operations: "in the carrier" is float32 for float32 and narrower dtypes, float64 for float64. Each multiplication, addition and
 * subtraction is rounded on its own. A sum begins at +0 and goes up; so it is never -0, and terms that are 0 change nothing.
 * Each file's header has its own order; BYTE_CONTRACT.md all of it, and the measured errors.
 * @module
 */

/** A matrix with orthonormal rows, or columns where it is tall, times the gain; row-major within a tensor. */
export interface OrthogonalMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Rounded to the carrier; every element is multiplied by it at the end. */
  readonly gain: number;
  /** The element of the tensor at which the matrix begins. */
  readonly first: number;
}

/** Reflections of a block: H_k0 ... H_(k0 + 31) = I - V T V^T. Also the rows of G that tall-factor.ts sums at a time. Decides bytes. */
export const REFLECTIONS_PER_BLOCK = 32;

/** Longer sums are made of partial sums of this many terms: a rounding error grows with the length of its part. Decides bytes. */
export const SEGMENT_LENGTH = 256;

export const isTall = ({ rows, columns }: Pick<OrthogonalMatrix, 'rows' | 'columns'>): boolean =>
  rows > columns;

/** Float32Array or Float64Array: values in the carrier. */
export type CarrierArray = Float32Array | Float64Array;

/**
 * Standard normals of the tensor's words: those of `normal` for float32, of `normal64` for float64.
 * @param first  element of the tensor
 * @param out    shape [n], overwritten
 */
export type DrawNormals<A extends CarrierArray> = (first: number, out: A) => void;
