/**
 * How orthogonal matrices are cut for threads: how many rows are made together, and which matrices get a workspace that threads
 * share. About speed and memory only: bytes do not depend on it.
 * @module
 */
import { CHUNK_ELEMENTS, type Cut } from '../partition/chunks.js';
import { DTYPES, type Dtype } from '../tensors/dtypes.js';
import { isTall, type OrthogonalMatrix } from './orthogonal-matrix.js';

/** Bytes of a wide matrix's reflections that threads share, at most: enough for 8192 x 8192 of float64. */
const WORKSPACE_BYTES = 288 * 2 ** 20;

/** Numbers of the panel of a matrix whose reflections are made again for each panel: 128 MiB of float32. */
const LONE_PANEL_NUMBERS = 2 ** 25;
/** Making reflections again takes as long as the products of some 30 rows. */
const LONE_PANEL_ROWS = 512;

/** Rows of a panel are multiples of this: whole strips of lanes in either precision. */
const ROW_STEP = 16;

/** Panels of a matrix, at least, while there are rows enough: threads are to end together. */
const LEAST_PANELS = 16;

/** Checks whether threads share what is made of the matrix. A smaller one is a single thread's work. */
export function sharesWorkspace(matrix: OrthogonalMatrix, dtype: Dtype): boolean {
  const { rows, columns } = matrix;
  if (rows * columns <= CHUNK_ELEMENTS) return false;
  return isTall(matrix) || rows * (columns - rows / 2) * carrierBytes(dtype) <= WORKSPACE_BYTES;
}

const carrierBytes = (dtype: Dtype): number => Math.max(4, DTYPES[dtype].byteWidth);

/**
 * The number of rows that are made together, at most.
 * @param shared  whether the thread has a workspace with others
 */
export function panelRows(matrix: OrthogonalMatrix, shared: boolean): number {
  const { rows, columns } = matrix;
  if (isTall(matrix)) return wholeSteps(Math.max(256, CHUNK_ELEMENTS / columns), rows / LEAST_PANELS);
  if (shared) return wholeSteps(columns < 4096 ? 64 : 128, rows / LEAST_PANELS);
  return wholeSteps(Math.min(LONE_PANEL_ROWS, Math.max(64, LONE_PANEL_NUMBERS / columns)), rows);
}

const wholeSteps = (most: number, enough: number): number =>
  ROW_STEP * Math.ceil(Math.max(1, Math.min(most, enough)) / ROW_STEP);

/** A draw, as far as it decides how it is cut. */
interface Drawn {
  readonly kind: string;
  readonly matrix?: OrthogonalMatrix;
}

/** Chunks of whole panels, the costliest first: a row of a wide matrix takes all reflections up to its own. */
export function cutOf({ matrix }: Drawn, dtype: Dtype): Cut | undefined {
  if (matrix === undefined || matrix.rows * matrix.columns <= CHUNK_ELEMENTS) return undefined;
  const rows = panelRows(matrix, sharesWorkspace(matrix, dtype));
  return { elements: rows * matrix.columns, fromEnd: !isTall(matrix) };
}
