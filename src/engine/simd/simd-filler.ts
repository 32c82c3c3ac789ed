/**
 * The SIMD kernels as a filler: one filler for each kind of draw, and the operators.
 * @module
 */
import { fillConstantBytes, type ConstantDraw } from '../../domain/draws/constant-draw.js';
import type { Draw, PiecesDraw } from '../../domain/draws/draw.js';
import { cutByPieces } from '../../domain/draws/pieces.js';
import { KEYS_BYTES } from '../../domain/draws/sparse-keys.js';
import type { Operation } from '../../domain/operators/operation.js';
import { DTYPES } from '../../domain/tensors/dtypes.js';
import type { FilledJob, Filler } from '../fillers/filler.js';
import { allocateMemory, WASM_PAGE_BYTES, type SharedMemory } from '../memory/wasm.js';
import { OnDemand } from '../host/on-demand.js';
import type { SimdCode } from './code.js';
import { LANES_BYTES, LanesFiller } from './lanes-filler.js';
import type * as matrices from './matrix-filler.js';
import type * as operators from './operators.js';
import type * as packed from './packed-filler.js';
import type * as patterns from './pattern-filler.js';
import type { RangeFiller } from './range-filler.js';
import type * as sparse from './sparse-filler.js';
import { TORCH_BYTES } from './torch-area.js';
import type * as torch from './torch-filler.js';

/** Draws from streams, and constants, are what most threads fill: a thread loads the rest with its first draw of the kind. */
const matrixCode = new OnDemand<typeof matrices>('src/engine/simd/matrix-filler.js');
const operatorCode = new OnDemand<typeof operators>('src/engine/simd/operators.js');
const packedCode = new OnDemand<typeof packed>('src/engine/simd/packed-filler.js');
const patternCode = new OnDemand<typeof patterns>('src/engine/simd/pattern-filler.js');
const sparseCode = new OnDemand<typeof sparse>('src/engine/simd/sparse-filler.js');
const torchCode = new OnDemand<typeof torch>('src/engine/simd/torch-filler.js');

/** Elements that an operator handles at a time in the scratch: half of it, with the other half for as many words. */
const OPERATED_ELEMENTS = 65_536;

/** The thread's memory: the lanes' page, torch's pages, those of sparse matrices, the scratch. A page is real only once it is written. */
const TORCH_OFFSET = LANES_BYTES;
const SPARSE_OFFSET = TORCH_OFFSET + WASM_PAGE_BYTES * Math.ceil(TORCH_BYTES / WASM_PAGE_BYTES);
const SCRATCH_OFFSET = SPARSE_OFFSET + KEYS_BYTES;

type DrawOf<Kind extends Draw['kind']> = Extract<Draw, { kind: Kind }>;

/** Opened with a thread's first draw of the kind. */
type RangeFillers = { readonly [Kind in Draw['kind']]: () => RangeFiller<DrawOf<Kind>> };

/** @returns a function that makes a value at its first call */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export class SimdFiller implements Filler {
  /** The thread's memory. */
  readonly #own: SharedMemory;
  readonly #scratchBytes: number;
  readonly #lanes: LanesFiller;
  readonly #fillers: RangeFillers;
  #job: FilledJob | undefined;
  #expected: readonly [start: number, elementCount: number] = [0, 0];
  #matrices: matrices.MatrixFiller | undefined;
  readonly #constants: RangeFiller<ConstantDraw> = {
    fillMemory: (draw, _, elementCount, memory, byteOffset) => {
      fillConstantBytes(draw, elementCount, memory.buffer, byteOffset);
    },
  };
  readonly #pieces: RangeFiller<PiecesDraw> = {
    fillMemory: (draw, start, elementCount, memory, byteOffset) => {
      const { byteWidth } = DTYPES[draw.dtype];
      cutByPieces(draw, start, elementCount, (piece, first, count) => {
        this.fillMemory(piece, first, count, memory, byteOffset + (first - start) * byteWidth);
      });
    },
  };

  /** @throws {Error} there is no memory for tables and scratch */
  constructor(code: SimdCode, scratchBytes: number) {
    const own = allocateMemory(SCRATCH_OFFSET + scratchBytes);
    if (own === undefined) throw new Error('there is no room for a WebAssembly memory');
    this.#own = own;
    this.#scratchBytes = scratchBytes;
    this.#lanes = new LanesFiller(code, own);
    this.#fillers = {
      stream: () => this.#lanes,
      constant: () => this.#constants,
      pieces: () => this.#pieces,
      orthogonal: () => this.#openMatrices(),
      pattern: once(() => new (patternCode.load().PatternFiller)()),
      sparse: once(() => new (sparseCode.load().SparseFiller)(this.#lanes, own, SPARSE_OFFSET)),
      torch: once(() => new (torchCode.load().TorchFiller)(code, own, TORCH_OFFSET)),
      packed: once(() => new (packedCode.load().PackedFiller)(this.#lanes)),
    };
  }

  enter(job: FilledJob): void {
    this.#job = job;
    this.#matrices?.enter(job);
  }

  leave(): void {
    this.#job = undefined;
    this.#matrices?.enter(undefined);
  }

  expect(start: number, elementCount: number): void {
    this.#expected = [start, elementCount];
    this.#matrices?.expect(start, elementCount);
  }

  fillMemory(
    draw: Draw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    this.#fillerOf(draw).fillMemory(draw, start, elementCount, memory, byteOffset);
  }

  fillBuffer(
    draw: Draw,
    start: number,
    elementCount: number,
    buffer: SharedArrayBuffer,
    byteOffset: number,
  ): void {
    const { byteWidth } = DTYPES[draw.dtype];
    // Whole bytes of elements below 8 bits.
    const copyElements = this.#scratchBytes / Math.max(byteWidth, 1);
    const out = new Uint8Array(buffer, byteOffset, byteWidth * elementCount);
    this.expect(start, elementCount);
    for (let done = 0; done < elementCount; done += copyElements) {
      const count = Math.min(copyElements, elementCount - done);
      out.set(this.fillScratch(draw, start + done, count), byteWidth * done);
    }
  }

  fillScratch(draw: Draw, start: number, elementCount: number): Uint8Array {
    this.fillMemory(draw, start, elementCount, this.#own, SCRATCH_OFFSET);
    return new Uint8Array(this.#own.buffer, SCRATCH_OFFSET, DTYPES[draw.dtype].byteWidth * elementCount);
  }

  compareScratch(
    draw: Draw,
    start: number,
    elementCount: number,
    read: (scratch: Uint8Array) => void,
  ): boolean | undefined {
    const equals = draw.kind === 'stream' ? this.#lanes.comparison(draw, start, elementCount) : undefined;
    if (equals === undefined) return undefined;
    read(new Uint8Array(this.#own.buffer, SCRATCH_OFFSET, DTYPES[draw.dtype].byteWidth * elementCount));
    return equals(SCRATCH_OFFSET);
  }

  operate(
    operation: Operation,
    start: number,
    elementCount: number,
    memory: SharedMemory | SharedArrayBuffer,
    byteOffset: number,
  ): void {
    const { operateSimd, takesWords } = operatorCode.load();
    if (!(memory instanceof SharedArrayBuffer) && !takesWords(operation)) {
      const { operators } = this.#lanes.kernelsOn(memory);
      operateSimd(operators, operation, { at: byteOffset, count: elementCount });
      return;
    }
    const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
    const values = new Float32Array(buffer, byteOffset, elementCount);
    for (let done = 0; done < elementCount; done += OPERATED_ELEMENTS) {
      const piece = values.subarray(done, done + OPERATED_ELEMENTS);
      this.#operateAside(operation, start + done, piece);
    }
  }

  /** Copies the values to the scratch, with the words after them, and the results back. */
  #operateAside(operation: Operation, start: number, values: Float32Array): void {
    const { operateSimd, takesWords } = operatorCode.load();
    const count = values.length;
    const copy = new Float32Array(this.#own.buffer, SCRATCH_OFFSET, count);
    copy.set(values);
    const wordsAt = SCRATCH_OFFSET + 4 * OPERATED_ELEMENTS;
    if (takesWords(operation)) this.fillMemory(operation.words, start, count, this.#own, wordsAt);
    const { operators } = this.#lanes.kernelsOn(this.#own);
    operateSimd(operators, operation, { at: SCRATCH_OFFSET, count }, wordsAt);
    if (operation.kind !== 'measure') values.set(copy);
  }

  /** With the job that the thread is at, and what was announced of it. */
  #openMatrices(): matrices.MatrixFiller {
    if (this.#matrices !== undefined) return this.#matrices;
    this.#matrices = new (matrixCode.load().MatrixFiller)(this.#lanes);
    this.#matrices.enter(this.#job);
    this.#matrices.expect(...this.#expected);
    return this.#matrices;
  }

  /** Its filler fills a draw of this kind; the compiler cannot see that the two kinds are the same. */
  #fillerOf({ kind }: Draw): RangeFiller<Draw> {
    return this.#fillers[kind]();
  }
}
