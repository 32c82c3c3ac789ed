// Where the eight lanes of a block start. The tables are in the first page of the
// thread's own memory. The lane states are exported mutable globals that the other
// modules import, so a state never passes through JavaScript.
//
// Stream k is the root state after k jumps of 2^64 steps; block b owns streams
// 8b .. 8b+7. Advancing by n steps multiplies the state by x^n in the ring of
// polynomials over GF(2) modulo the characteristic polynomial of one step, so a
// block is reached by one multiplication per hexadecimal digit of its number
// and one pass of 128 steps; the block after the current one by table look-ups.

import { nextFirstWord, nextSecondWord } from "./xoroshiro";

// The current states: first and second words of lanes (0,1), (2,3), (4,5), (6,7).
export let first01: v128 = i64x2(0, 0);
export let first23: v128 = i64x2(0, 0);
export let first45: v128 = i64x2(0, 0);
export let first67: v128 = i64x2(0, 0);
export let second01: v128 = i64x2(0, 0);
export let second23: v128 = i64x2(0, 0);
export let second45: v128 = i64x2(0, 0);
export let second67: v128 = i64x2(0, 0);

// The characteristic polynomial less its leading x^128.
const MODULUS_LOW: u64 = 0x095b8f76579aa001;
const MODULUS_HIGH: u64 = 0x0008828e513b43d5;
// x^(2^64) modulo the characteristic polynomial.
const JUMP_LOW: u64 = 0xdf900294d8f554a5;
const JUMP_HIGH: u64 = 0x170865df4b3201fc;

const DIGITS: i32 = 10; // hexadecimal digits of a block number: up to 2^40
const LANE_BYTES: i32 = 128; // the states of two lanes four times: their first words, then their second words

// Memory map. Polynomials and states are 16 bytes, low half first.
const POWERS: usize = 0; // [digit][value]: x^(8 * 2^64 * value * 16^digit)
const NEXT_BLOCK: usize = POWERS + DIGITS * 16 * 16; // [nibble][value]: a state 8 jumps on
const BLOCK_ZERO: usize = NEXT_BLOCK + 32 * 16 * 16; // lanes of block 0
const BLOCK_START: usize = BLOCK_ZERO + LANE_BYTES; // lanes of the current block
const JUMP: usize = BLOCK_START + LANE_BYTES;
const PRODUCT: usize = JUMP + 16;
const SCRATCH: usize = PRODUCT + 16; // four lanes

let currentBlock: i64 = -2;

/** Stores at `to` the product of two polynomials modulo the characteristic one. */
function multiply(to: usize, left: usize, right: usize): void {
  const rightLow = load<u64>(right), rightHigh = load<u64>(right, 8);
  let low: u64 = 0, high: u64 = 0;
  for (let half = 8; half >= 0; half -= 8) {
    let bits = load<i64>(left + half);
    for (let i = 0; i < 64; i++) {
      const carry: u64 = <u64>(<i64>high >> 63);
      const take: u64 = <u64>(bits >> 63);
      high = ((high << 1) | (low >> 63)) ^ (carry & MODULUS_HIGH) ^ (take & rightHigh);
      low = (low << 1) ^ (carry & MODULUS_LOW) ^ (take & rightLow);
      bits <<= 1;
    }
  }
  store<u64>(to, low);
  store<u64>(to, high, 8);
}

/** Advances the four lanes at `from` by a polynomial, into `to`. */
function applyPolynomial(to: usize, from: usize, polynomial: usize): void {
  // Two vectors of lanes at a time: their dependency chains hide each other's latency.
  let s0 = v128.load(from), t0 = v128.load(from, 16);
  let s1 = v128.load(from, 32), t1 = v128.load(from, 48);
  let sumS0 = i64x2.splat(0), sumT0 = sumS0, sumS1 = sumS0, sumT1 = sumS0;
  for (let half = 0; half < 16; half += 8) {
    let bits = load<i64>(polynomial + half);
    for (let i = 0; i < 64; i++) {
      // A mask, since a branch on a random bit would be mispredicted half the time.
      const take = i64x2.splat(-(bits & 1));
      sumS0 = v128.xor(sumS0, v128.and(s0, take));
      sumT0 = v128.xor(sumT0, v128.and(t0, take));
      sumS1 = v128.xor(sumS1, v128.and(s1, take));
      sumT1 = v128.xor(sumT1, v128.and(t1, take));
      const mixed0 = v128.xor(s0, t0), mixed1 = v128.xor(s1, t1);
      s0 = nextFirstWord(s0, mixed0);
      t0 = nextSecondWord(mixed0);
      s1 = nextFirstWord(s1, mixed1);
      t1 = nextSecondWord(mixed1);
      bits >>= 1;
    }
  }
  v128.store(to, sumS0);
  v128.store(to, sumT0, 16);
  v128.store(to, sumS1, 32);
  v128.store(to, sumT1, 48);
}

/** Makes the look-up tables of the linear map "eight jumps on", one for each nibble of a state. */
function tabulateNextBlock(): void {
  const eightJumps = POWERS + 16;
  for (let bit = 0; bit < 128; bit++) {
    // The image of the state with this one bit, in one of the lanes of the scratch.
    memory.fill(SCRATCH, 0, 64);
    const word: usize = bit < 64 ? 0 : 16;
    store<u64>(SCRATCH + word, <u64>1 << (bit & 63));
    applyPolynomial(SCRATCH, SCRATCH, eightJumps);
    const image = i64x2.replace_lane(v128.load(SCRATCH), 1, load<i64>(SCRATCH, 16));
    const table = NEXT_BLOCK + (bit >> 2) * 256, value = 1 << (bit & 3);
    // Values above this bit and below the next one are it plus a smaller value.
    for (let lower = 0; lower < value; lower++) {
      v128.store(table + (value + lower) * 16, v128.xor(image, v128.load(table + lower * 16)));
    }
  }
}

/** Fills every table, once for an instance: 0.2 ms together with instantiating, in V8's first tier. */
export function prepare(): void {
  store<u64>(JUMP, JUMP_LOW);
  store<u64>(JUMP, JUMP_HIGH, 8);
  let base = POWERS + 16;
  multiply(base, JUMP, JUMP);
  multiply(base, base, base);
  multiply(base, base, base);
  for (let digit = 0; digit < DIGITS; digit++) {
    store<u64>(base - 16, 1); // x^0, the value of a digit 0
    for (let value = 2; value < 16; value++) multiply(base + (value - 1) * 16, base + (value - 2) * 16, base);
    const next = base + 256;
    if (digit + 1 < DIGITS) multiply(next, base + 14 * 16, base);
    base = next;
  }
  tabulateNextBlock();
}

/** Sets the root of all streams, from the halves of its two words. */
export function setRoot(firstHigh: u32, firstLow: u32, secondHigh: u32, secondLow: u32): void {
  v128.store(SCRATCH, i64x2.splat((<i64>firstHigh << 32) | <i64>firstLow));
  v128.store(SCRATCH, i64x2.splat((<i64>secondHigh << 32) | <i64>secondLow), 16);
  for (let lane = 0; lane < 8; lane++) {
    const at = BLOCK_ZERO + (lane >> 1) * 32 + (lane & 1) * 8;
    store<u64>(at, load<u64>(SCRATCH));
    store<u64>(at, load<u64>(SCRATCH, 16), 16);
    if (lane < 7) applyPolynomial(SCRATCH, SCRATCH, JUMP);
  }
  currentBlock = -2;
}

/** Advances the lane whose words are at `at` and `at + 16` by eight jumps, by look-up. */
// @ts-ignore: decorator
@inline
function lookUpNextBlock(at: usize): void {
  let low = load<u64>(at), high = load<u64>(at, 16);
  // Two sums, so that a look-up waits for only half of those before it.
  let sum = i64x2.splat(0), otherSum = sum;
  for (let table = NEXT_BLOCK; table < NEXT_BLOCK + 16 * 256; table += 256) {
    sum = v128.xor(sum, v128.load(table + ((<usize>low & 15) << 4)));
    otherSum = v128.xor(otherSum, v128.load(table + ((<usize>high & 15) << 4), 16 * 256));
    low >>= 4;
    high >>= 4;
  }
  sum = v128.xor(sum, otherSum);
  store<i64>(at, i64x2.extract_lane(sum, 0));
  store<i64>(at, i64x2.extract_lane(sum, 1), 16);
}

/** Puts the lanes at the start of a block. The block after the previous call's costs least. */
export function seekBlock(number: f64): void {
  const block = <i64>number;
  if (block == currentBlock + 1) {
    for (let lane = 0; lane < 8; lane++) lookUpNextBlock(BLOCK_START + (lane >> 1) * 32 + (lane & 1) * 8);
  } else if (block != currentBlock) {
    let power = POWERS; // x^0
    let digit = POWERS;
    for (let rest = block; rest != 0; rest >>= 4, digit += 256) {
      const value = <usize>rest & 15;
      if (value == 0) continue;
      if (power == POWERS) {
        power = digit + (value << 4);
      } else {
        multiply(PRODUCT, power, digit + (value << 4));
        power = PRODUCT;
      }
    }
    applyPolynomial(BLOCK_START, BLOCK_ZERO, power);
    applyPolynomial(BLOCK_START + 64, BLOCK_ZERO + 64, power);
  }
  currentBlock = block;
  first01 = v128.load(BLOCK_START);
  second01 = v128.load(BLOCK_START, 16);
  first23 = v128.load(BLOCK_START, 32);
  second23 = v128.load(BLOCK_START, 48);
  first45 = v128.load(BLOCK_START, 64);
  second45 = v128.load(BLOCK_START, 80);
  first67 = v128.load(BLOCK_START, 96);
  second67 = v128.load(BLOCK_START, 112);
}

/** Advances every lane by a number of steps, as filling that many groups would. */
export function skipGroups(groups: i32): void {
  let s0 = first01, s1 = first23, s2 = first45, s3 = first67;
  let t0 = second01, t1 = second23, t2 = second45, t3 = second67;
  for (; groups > 0; groups--) {
    const mixed0 = v128.xor(s0, t0), mixed1 = v128.xor(s1, t1);
    const mixed2 = v128.xor(s2, t2), mixed3 = v128.xor(s3, t3);
    s0 = nextFirstWord(s0, mixed0);
    s1 = nextFirstWord(s1, mixed1);
    s2 = nextFirstWord(s2, mixed2);
    s3 = nextFirstWord(s3, mixed3);
    t0 = nextSecondWord(mixed0);
    t1 = nextSecondWord(mixed1);
    t2 = nextSecondWord(mixed2);
    t3 = nextSecondWord(mixed3);
  }
  first01 = s0;
  first23 = s1;
  first45 = s2;
  first67 = s3;
  second01 = t0;
  second23 = t1;
  second45 = t2;
  second67 = t3;
}
