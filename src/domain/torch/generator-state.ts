/**
 * The state of torch's CPU generator as `torch.get_rng_state()` gives it: 5056 bytes, the C++ struct CPUGeneratorImplState
 * (https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/CPUGeneratorImpl.cpp, the same bytes in torch 2.13), little-endian:
 *
 *   byte | type       | content
 *   -----|------------|---------------------------------------------------------------------------
 *      0 | u64        | the initial seed
 *      8 | i32        | left: words of the block that are not drawn yet, plus one
 *     12 | i32        | seeded: 1
 *     16 | u64        | next: the index in the block of the next word
 *     24 | u64 x 624  | the block of raw words
 *   5016 | f64 x 3    | 0, the cached normal, 0
 *   5040 | i32, 4 of padding | whether there is a cached normal
 *   5048 | f32        | a cached normal in single precision: torch keeps it, and none of its kernels sets or reads it
 *   5052 | u8, 3 of padding | whether there is one
 *
 * A generator that was seeded and has not drawn has left 1 and next 0: the block is twisted before the first word. After that next counts
 * the words drawn from the block, 1 to 624, and left is 625 - next.
 * @module
 */
import { at } from '../../base/at.js';
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { STATE_WORDS } from '../streams/mt19937.js';
import { DOUBLE_REACH, isNormal } from './reach.js';

const STATE_BYTES = 5056;

const SEED = 0;
const LEFT = 8;
const SEEDED = 12;
const NEXT = 16;
const BLOCK = 24;
const WORD_BYTES = 8;
const NORMAL = 5024;
const HAS_NORMAL = 5040;
const FLOAT_NORMAL = 5048;
const HAS_FLOAT_NORMAL = 5052;
const LITTLE_ENDIAN = true;

export interface GeneratorState {
  /** 0 to 2^64 - 1. */
  readonly initialSeed: bigint;
  /** The raw words, shape [624]. */
  readonly block: Uint32Array;
  /** Words drawn from the block, 0 to 624; 0 stands for a block that is twisted before the first. */
  readonly next: number;
  /** The second normal of an earlier pair. */
  readonly cachedNormal?: number | undefined;
  /** Passed through. */
  readonly floatNormal?: number | undefined;
}

const leftOf = (next: number): number => (next === 0 ? 1 : STATE_WORDS + 1 - next);

export function encodeState(state: GeneratorState): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STATE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(SEED, state.initialSeed, LITTLE_ENDIAN);
  view.setInt32(LEFT, leftOf(state.next), LITTLE_ENDIAN);
  view.setInt32(SEEDED, 1, LITTLE_ENDIAN);
  view.setUint32(NEXT, state.next, LITTLE_ENDIAN);
  for (let i = 0; i < STATE_WORDS; i++) {
    view.setUint32(BLOCK + WORD_BYTES * i, at(state.block, i), LITTLE_ENDIAN);
  }
  if (state.cachedNormal !== undefined) {
    view.setFloat64(NORMAL, state.cachedNormal, LITTLE_ENDIAN);
    view.setInt32(HAS_NORMAL, 1, LITTLE_ENDIAN);
  }
  if (state.floatNormal !== undefined) {
    view.setFloat32(FLOAT_NORMAL, state.floatNormal, LITTLE_ENDIAN);
    view.setUint8(HAS_FLOAT_NORMAL, 1);
  }
  return bytes;
}

const refuse = (found: string): ValueError =>
  new ValueError(
    'BAD_BUFFER',
    found,
    "Pass the bytes of torch.get_rng_state() or of another generator's getState(), unchanged.",
  );

/**
 * Takes what torch's `set_state` takes, except for states that no torch generator has: torch would read past its block, or drop bits, or
 * draw a normal further out than its own.
 * @throws {ValueError} BAD_BUFFER
 */
export function decodeState(bytes: unknown): GeneratorState {
  if (!(bytes instanceof Uint8Array)) {
    throw refuse(`The state is ${show(bytes)}, not a Uint8Array.`);
  }
  if (bytes.length !== STATE_BYTES) {
    throw refuse(`The state has ${bytes.length} bytes, not ${STATE_BYTES}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    initialSeed: view.getBigUint64(SEED, LITTLE_ENDIAN),
    next: decodeNext(view),
    block: decodeBlock(view),
    cachedNormal: isSet(view.getInt32(HAS_NORMAL, LITTLE_ENDIAN), HAS_NORMAL)
      ? decodeNormal(view)
      : undefined,
    floatNormal: isSet(view.getUint8(HAS_FLOAT_NORMAL), HAS_FLOAT_NORMAL)
      ? decodeFloatNormal(view)
      : undefined,
  };
}

function decodeNext(view: DataView): number {
  const seeded = view.getInt32(SEEDED, LITTLE_ENDIAN);
  if (seeded !== 1) throw refuse(`The state's "seeded" (byte ${SEEDED}) is ${seeded}, not 1.`);
  const left = view.getInt32(LEFT, LITTLE_ENDIAN);
  const next = view.getBigUint64(NEXT, LITTLE_ENDIAN);
  if (next > STATE_WORDS || left !== leftOf(Number(next))) {
    throw refuse(`The state's "left" (byte ${LEFT}) is ${left} and its "next" (byte ${NEXT}) is ${next}.`);
  }
  return Number(next);
}

function decodeBlock(view: DataView): Uint32Array {
  const block = new Uint32Array(STATE_WORDS);
  for (let i = 0; i < STATE_WORDS; i++) {
    const byte = BLOCK + WORD_BYTES * i;
    if (view.getUint32(byte + 4, LITTLE_ENDIAN) !== 0) {
      const word = view.getBigUint64(byte, LITTLE_ENDIAN);
      throw refuse(`Word ${i} of the state (byte ${byte}) is ${word}, more than 32 bits.`);
    }
    block[i] = view.getUint32(byte, LITTLE_ENDIAN);
  }
  return block;
}

function isSet(flag: number, byte: number): boolean {
  if (flag === 0 || flag === 1) return flag === 1;
  throw refuse(`The flag at byte ${byte} of the state is ${flag}, neither 0 nor 1.`);
}

function decodeNormal(view: DataView): number {
  const value = view.getFloat64(NORMAL, LITTLE_ENDIAN);
  if (isNormal(value)) return value;
  throw refuse(
    `The cached normal at byte ${NORMAL} of the state is ${value}, and torch's lie within ${DOUBLE_REACH}.`,
  );
}

function decodeFloatNormal(view: DataView): number {
  const value = view.getFloat32(FLOAT_NORMAL, LITTLE_ENDIAN);
  if (Number.isFinite(value)) return value;
  throw refuse(`The cached normal at byte ${FLOAT_NORMAL} of the state is ${value}.`);
}
