/**
 * Compares the SIMD kernels with the specification before they are trusted: every kernel, on whole tiles and groups and on pieces of
 * them, after every kind of jump.
 * @module
 */
import { at } from '../../base/at.js';
import { fillRange, type Draw, type StreamDraw } from '../../domain/kernels/draw.js';
import { BLOCK_ELEMENTS } from '../../domain/streams/generator.js';
import { DEFAULT_GENERATOR } from '../../domain/streams/generators.js';
import type { HalfDtype } from '../../domain/arithmetic/half.js';
import type { TorchDraw, TorchKernel } from '../../domain/torch/torch-draw.js';
import type { DoubleKernel, FloatKernel, Kernel } from '../../domain/kernels/kernel.js';
import { boundedNormalParameters } from '../../domain/kernels/bounded-normal.js';
import { boundedNormal64Parameters } from '../../domain/kernels/bounded-normal64.js';
import { halfParameters } from '../../domain/kernels/store-half.js';
import { normalParameters } from '../../domain/kernels/normal.js';
import { normal64Parameters } from '../../domain/kernels/normal64.js';
import { truncatedNormalParameters } from '../../domain/kernels/truncated-normal.js';
import { truncatedNormal64Parameters } from '../../domain/kernels/truncated-normal64.js';
import { uniformParameters } from '../../domain/kernels/uniform.js';
import { uniform64Parameters } from '../../domain/kernels/uniform64.js';
import { DTYPES, elementsAt, type Dtype } from '../../domain/tensors/dtypes.js';
import type { Filler } from '../fillers/filler.js';
import { GROUP_ELEMENTS, TILE_GROUPS } from './groups.js';
import { findOperationDifference } from './operation-check.js';
import { allocateMemory, type SharedMemory } from '../memory/wasm.js';

/** A few groups and a piece of one. */
const FEW = 24 * GROUP_ELEMENTS + 7;

const TILE_ELEMENTS = TILE_GROUPS * GROUP_ELEMENTS;

/** More than a tile. */
const TILE = TILE_ELEMENTS + FEW;

/** Enough for words of the normal's end, one in 683, at every position in a group. */
const TILES = 8 * TILE_ELEMENTS + FEW;

type CheckedDraw = Omit<StreamDraw, 'generator' | 'root'>;

export interface Check {
  /** For a narrow dtype the dtype, otherwise the kernel. */
  readonly family: KernelFamily;
  readonly draw: CheckedDraw;
  readonly elementCount: number;
}

const float = (kernel: FloatKernel, elementCount = FEW): Check => ({
  family: kernel.kind,
  draw: { dtype: 'float32', kernel },
  elementCount,
});

const double = (kernel: DoubleKernel, elementCount = FEW): Check => ({
  family: kernel.kind,
  draw: { dtype: 'float64', kernel },
  elementCount,
});

/** A draw whose parameters take milliseconds: made when it is used, not when this module is loaded. */
const deferred = (family: KernelFamily, makeDraw: () => CheckedDraw, elementCount: number): Check => ({
  family,
  get draw() {
    return makeDraw();
  },
  elementCount,
});

/** Bounds that act on many values; a recipe's own bounds act on few. */
const half = (dtype: HalfDtype, kernel: FloatKernel, low: number, high: number): Check => ({
  family: dtype,
  draw: { dtype, kernel, narrowing: { kind: 'half', ...halfParameters(dtype, low, high) } },
  elementCount: FEW,
});

const codes = (bits: number, kernel: FloatKernel): Check => ({
  family: 'int8',
  draw: { dtype: 'int8', kernel, narrowing: { kind: 'codes', bits } },
  elementCount: FEW,
});

/** At least one for each function of the modules of fills, transforms and narrowing; bind-draw.ts chooses the function. */
export const CHECKS: readonly Check[] = [
  float({ kind: 'words' }),
  float({ kind: 'constant', value: 0.1 }),
  float(uniformParameters(-0.75, 0.75)),
  float(uniformParameters(1, 3)),
  float({ ...uniformParameters(-1, 3), lowest: 0.1, highest: 2.5 }),
  float(truncatedNormalParameters(0, 0.02), TILE),
  float(truncatedNormalParameters(-1.5, 3), TILE),
  float(normalParameters(-1.5, 3), TILES),
  deferred(
    'bounded_normal',
    () => ({ dtype: 'float32', kernel: boundedNormalParameters(0.5, 3, -0.75, 1.5) }),
    TILES,
  ),
  double(uniform64Parameters(-0.75, 0.75)),
  double(uniform64Parameters(1, 3)),
  double({ ...uniform64Parameters(-1, 3), lowest: 0.1, highest: 2.5 }),
  double(truncatedNormal64Parameters(0, 0.02)),
  double({ ...truncatedNormal64Parameters(-1.5, 3), lowest: -4, highest: 2.5 }),
  double(normal64Parameters(-1.5, 3), TILE),
  deferred(
    'bounded_normal64',
    () => {
      const kernel = boundedNormal64Parameters(0.5, 3, -0.75, 1.5);
      // The kernel's own offsets, of half a lattice step, hardly ever show.
      return { dtype: 'float64', kernel: { ...kernel, offsetAbove: 2 ** 50, offsetBelow: 3 * 2 ** 50 } };
    },
    TILE,
  ),
  half('float16', uniformParameters(-0.05, 0.05), -0.04, 0.04),
  half('float16', uniformParameters(-(2 ** -12), 2 ** -12), -(2 ** -12), 2 ** -12),
  half('bfloat16', uniformParameters(-0.05, 0.05), -0.03, 0.04),
  half('float16', uniformParameters(-1, 3), 0.1, 2.5),
  half('float16', uniformParameters(-(2 ** -12), 2 ** -13), -(2 ** -12), 2 ** -13),
  half('bfloat16', uniformParameters(-1, 3), -0.5, 2.5),
  half('bfloat16', truncatedNormalParameters(0, 0.02), -0.04, 0.04),
  // Ties after an odd last place.
  half('float16', { kind: 'constant', value: 1 + 3 * 2 ** -11 }, -2, 2),
  half('bfloat16', { kind: 'constant', value: 1 + 3 * 2 ** -8 }, -2, 2),
  codes(8, uniformParameters(-0.1, 0.1)),
  codes(7, uniformParameters(-2, 2)),
  codes(8, uniformParameters(-1.5 / 128, 1.5 / 128)),
  codes(8, truncatedNormalParameters(0.1, 0.7)),
];

/**
 * A block, the one before it, the one after that (reached by look-ups), and one whose jump has every digit; each within a group, some
 * groups on.
 */
const STARTS = [6, 5, 6, 0x12_3456_789b].map((block, i) => block * BLOCK_ELEMENTS + 35 * i + 3);

/** Not at the beginning of the memory, and aligned only to elements. */
const BYTE_OFFSET = 24;

const ROOT = [0x01234567, 0x09abcdef, -2, 0x600df00d];

/** The memory that the kernels fill. */
let memory: SharedMemory | undefined;

/** Checked together, when a job first needs it: a kernel, a narrow dtype, or the operators. */
export type KernelFamily = Kernel['kind'] | TorchKernel['kind'] | Dtype | typeof OPERATIONS;

const OPERATIONS = 'operations';

/** The families behind WAGE's operators. */
export const OPERATION_FAMILIES: readonly KernelFamily[] = [OPERATIONS, 'words'];

/** The families behind a draw. */
export function familiesOf(draw: CheckedDraw | TorchDraw): readonly KernelFamily[] {
  const { dtype, kernel } = draw;
  return 'narrowing' in draw && draw.narrowing !== undefined ? [kernel.kind, dtype] : [kernel.kind];
}

export const ALL_FAMILIES: readonly KernelFamily[] = [
  ...new Set(CHECKS.map(({ family }) => family)),
  OPERATIONS,
];

/**
 * V8's baseline code runs here; the optimised code, which comes after a few blocks, is trusted to V8. (Revectorized code is optimised
 * from the start.)
 * @param families  some milliseconds each in a fresh process
 * @returns         the difference, for a message; undefined if there is none
 */
export function findDifference(filler: Filler, families = ALL_FAMILIES): string | undefined {
  memory ??= allocateMemory(8 * TILES + BYTE_OFFSET);
  if (memory === undefined) return 'there is no room for a WebAssembly memory';
  for (const [i, check] of CHECKS.entries()) {
    if (!families.includes(check.family)) continue;
    // Each kind of jump is tried by some of the checks.
    const start = at(STARTS, i % STARTS.length);
    const draw: Draw = { ...check.draw, generator: DEFAULT_GENERATOR, root: ROOT };
    filler.fillMemory(draw, start, check.elementCount, memory, BYTE_OFFSET);
    const index = findWrong(draw, start, check.elementCount, memory.buffer);
    const { dtype, kernel } = draw;
    if (index >= 0)
      return `element ${start + index} of a ${kernel.kind} as ${dtype} differs from the specification`;
  }
  return families.includes(OPERATIONS) ? findOperationDifference(filler) : undefined;
}

function findWrong(draw: Draw, start: number, elementCount: number, buffer: SharedArrayBuffer): number {
  const { byteWidth } = DTYPES[draw.dtype];
  const expected = new Uint8Array(elementCount * byteWidth);
  fillRange(draw, start, elementsAt(draw.dtype, expected.buffer, 0, elementCount));
  const found = new Uint8Array(buffer, BYTE_OFFSET, expected.length);
  const byte = expected.findIndex((value, i) => value !== found[i]);
  return byte < 0 ? -1 : Math.floor(byte / byteWidth);
}
