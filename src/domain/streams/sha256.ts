/**
 * SHA-256 of a short message, such as a seed and a tensor's name: 0.5 us, where `node:crypto` takes 1.2 us and milliseconds to load.
 *
 * Source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2, https://doi.org/10.6028/NIST.FIPS.180-4.
 * @module
 */
import { int32At } from '../arithmetic/typed-at.js';

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
const ROUNDS = 64;
/** The last block ends with the message's length in bits, a 64-bit number, at least a byte after the message. */
const LENGTH_BYTES = 8;

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const CONSTANTS = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

/** The first 32 bits of the fractions of the square roots of the first 8 primes. */
const INITIAL = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** Of one block: its 16 words, then those that they are expanded to. */
const schedule = new Int32Array(ROUNDS);

/** @returns  the digest as eight big-endian words, int32 */
export function sha256(message: Uint8Array): Int32Array {
  const { length } = message;
  const blockCount = Math.ceil((length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const padded = new Uint8Array(BLOCK_BYTES * blockCount);
  padded.set(message);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - LENGTH_BYTES, BigInt(length) * 8n);
  const state = INITIAL.slice();
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) compress(state, view, offset);
  return state;
}

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

function expand(block: DataView, offset: number): void {
  for (let i = 0; i < BLOCK_WORDS; i++) schedule[i] = block.getInt32(offset + 4 * i);
  for (let i = BLOCK_WORDS; i < ROUNDS; i++) {
    const x = int32At(schedule, i - 15);
    const y = int32At(schedule, i - 2);
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[i] = int32At(schedule, i - BLOCK_WORDS) + int32At(schedule, i - 7) + small0 + small1;
  }
}

function compress(state: Int32Array, block: DataView, offset: number): void {
  expand(block, offset);
  let a = int32At(state, 0);
  let b = int32At(state, 1);
  let c = int32At(state, 2);
  let d = int32At(state, 3);
  let e = int32At(state, 4);
  let f = int32At(state, 5);
  let g = int32At(state, 6);
  let h = int32At(state, 7);
  for (let i = 0; i < ROUNDS; i++) {
    const large1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + large1 + choice + int32At(CONSTANTS, i) + int32At(schedule, i)) | 0;
    const large0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + large0 + majority) | 0;
  }
  const added = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < added.length; i++) state[i] = int32At(state, i) + (added[i] ?? 0);
}
