/**
 * Fills ranges of orthogonal matrices: makes rows in the thread's room, a panel at a time, and copies what is asked for.
 * @module
 */
import { fillRange } from '../../domain/draws/draw.js';
import { normalsOf, type OrthogonalDraw } from '../../domain/draws/orthogonal-draw.js';
import { narrow } from '../../domain/kernels/narrowing.js';
import { isTall } from '../../domain/matrices/orthogonal-matrix.js';
import { panelRows } from '../../domain/matrices/panels.js';
import { DTYPES, elementsAt } from '../../domain/tensors/dtypes.js';
import { StoppedError, type FilledJob } from '../fillers/filler.js';
import { allocateMemory, WASM_MAX_BYTES, type SharedMemory } from '../memory/wasm.js';
import type { LanesFiller } from './lanes-filler.js';
import { Parts } from './matrix-parts.js';
import { precisionOf } from './matrix-plan.js';
import { Areas, numbersAt, type MatrixRoom } from './matrix-room.js';
import type { MatrixRows } from './matrix-rows.js';
import { addTallAreas } from './matrix-tall-areas.js';
import { TallRows } from './matrix-tall.js';
import { addWideAreas } from './matrix-wide-areas.js';
import { WideRows } from './matrix-wide.js';
import { Workspaces, type Workspace } from './matrix-workspaces.js';
import type { RangeFiller } from './range-filler.js';

/** A matrix that is worked on, and which of its rows are made. */
interface OpenMatrix {
  readonly draw: OrthogonalDraw;
  readonly room: MatrixRoom;
  readonly rows: MatrixRows;
  readonly workspace: Workspace | undefined;
  first: number;
  end: number;
}

/** A larger memory is given up at the end of a job. */
const KEPT_BYTES = 2 ** 25;

const NO_JOB: FilledJob = { workspaces: undefined, isStopped: () => false };

export class MatrixFiller implements RangeFiller<OrthogonalDraw> {
  readonly #lanes: LanesFiller;
  #job = NO_JOB;
  #memory: SharedMemory | undefined;
  #open: OpenMatrix | undefined;
  #expected = { start: 0, end: 0 };

  constructor(lanes: LanesFiller) {
    this.#lanes = lanes;
  }

  /** What is open stays open only within a job: its workspace is the job's. */
  enter(job: FilledJob | undefined): void {
    this.#close();
    if ((this.#memory?.buffer.byteLength ?? 0) > KEPT_BYTES) this.#memory = undefined;
    this.#job = job ?? NO_JOB;
    this.#expected = { start: 0, end: 0 };
  }

  /** Announces that the next fills lie in this range of elements, so that rows are made together for all of them. */
  expect(start: number, elementCount: number): void {
    this.#expected = { start, end: start + elementCount };
  }

  fillMemory(
    draw: OrthogonalDraw,
    start: number,
    elementCount: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const open = this.#openMatrix(draw);
    if (open === undefined) {
      fillRange(draw, start, elementsAt(draw.dtype, memory.buffer, byteOffset, elementCount));
      return;
    }
    const { columns, first } = draw.matrix;
    const { byteWidth } = DTYPES[draw.dtype];
    const begin = start - first;
    for (let done = 0; done < elementCount;) {
      const row = Math.floor((begin + done) / columns);
      const column = begin + done - row * columns;
      const count = Math.min(columns - column, elementCount - done);
      this.#makeRow(open, row, begin + elementCount);
      this.#copy(open, row, column, count, memory, byteOffset + done * byteWidth);
      done += count;
    }
  }

  /** @param end  the element of the matrix after the last that is asked for */
  #makeRow(open: OpenMatrix, row: number, end: number): void {
    if (row >= open.first && row < open.end) return;
    const { rows, columns } = open.draw.matrix;
    const { panelRows: most } = open.rows;
    const panelEnd = (Math.floor(row / most) + 1) * most;
    const wanted = Math.ceil(Math.max(end, this.#expectedEnd(open, row)) / columns);
    const rowEnd = Math.min(panelEnd, rows, wanted);
    // A job that stops in the middle leaves no rows.
    open.end = 0;
    open.rows.make(row, rowEnd);
    open.first = row;
    open.end = rowEnd;
  }

  /** The end of the range that was announced, if the row is in it. */
  #expectedEnd({ draw }: OpenMatrix, row: number): number {
    const { columns, first } = draw.matrix;
    const [start, end] = [this.#expected.start - first, this.#expected.end - first];
    return start < (row + 1) * columns && row * columns < end ? end : 0;
  }

  #copy(
    { draw, room, rows }: OpenMatrix,
    row: number,
    column: number,
    count: number,
    memory: SharedMemory,
    byteOffset: number,
  ): void {
    const values = numbersAt(room, rows.row(row) + column * room.precision.bytes, count);
    const out = elementsAt(draw.dtype, memory.buffer, byteOffset, count);
    if (draw.narrowing !== undefined && values instanceof Float32Array) narrow(out, values, draw.narrowing);
    else (out as Float32Array | Float64Array).set(values);
  }

  #openMatrix(draw: OrthogonalDraw): OpenMatrix | undefined {
    if (this.#open?.draw !== draw) {
      this.#close();
      this.#open = this.#makeOpen(draw);
    }
    return this.#open;
  }

  #close(): void {
    this.#open?.workspace?.leave();
    this.#open = undefined;
  }

  #makeOpen(draw: OrthogonalDraw): OpenMatrix | undefined {
    const { matrix } = draw;
    const precision = precisionOf(draw);
    const areas = new Areas();
    const { workspaces } = this.#job;
    const workspace = workspaces && new Workspaces(workspaces).enter(draw);
    const count = panelRows(matrix, workspace !== undefined);
    const open = isTall(matrix)
      ? ({ kind: 'tall', areas: addTallAreas(areas, precision, matrix, count) } as const)
      : ({ kind: 'wide', areas: addWideAreas(areas, precision, matrix, count) } as const);
    const room = this.#makeRoom(draw, areas.byteLength);
    if (room === undefined) {
      workspace?.leave();
      return undefined;
    }
    const rows =
      open.kind === 'tall'
        ? new TallRows(room, matrix, open.areas, workspace)
        : new WideRows(
            room,
            matrix,
            open.areas,
            workspace && {
              parts: new Parts(workspace.states, room.checkRunning),
              bytes: workspace.bytes,
            },
          );
    return { draw, room, rows, workspace, first: 0, end: 0 };
  }

  #makeRoom(draw: OrthogonalDraw, byteLength: number): MatrixRoom | undefined {
    const memory = this.#memoryOf(byteLength);
    if (memory === undefined) return undefined;
    const precision = precisionOf(draw);
    const normals = normalsOf(draw);
    const { isStopped } = this.#job;
    return {
      memory,
      precision,
      kernels: this.#lanes.kernelsOn(memory)[precision.module],
      fillNormals: (first, count, at) => {
        this.#lanes.fillMemory(normals, first, count, memory, at);
      },
      checkRunning: () => {
        if (isStopped()) throw new StoppedError('The job was stopped');
      },
    };
  }

  /**
   * The thread's memory for matrices. It only grows while a job lasts, by powers of two: each new one reserves gigabytes of addresses
   * until the old one is collected. Pages are real only once they are written.
   */
  #memoryOf(byteLength: number): SharedMemory | undefined {
    if ((this.#memory?.buffer.byteLength ?? 0) < byteLength) {
      this.#memory = undefined;
      this.#memory = allocateMemory(Math.min(WASM_MAX_BYTES, 2 ** Math.ceil(Math.log2(byteLength))));
    }
    return this.#memory;
  }
}
