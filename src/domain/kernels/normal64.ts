/**
 * Normal float64, mean + std * z with z standard normal: the specification.
 *
 * Inversion of all 64 bits: x = (w + 0.5) * 2^-63 for the word w as int64, uniform on (-1, 1), gives z = sqrt(2) * erfinv(x). One
 * word for each element, no rejection. Only + - * / and sqrt of doubles, which IEEE 754 rounds the same way everywhere, and the
 * exponent of one.
 *
 * x has up to 64 bits, so it is kept in two doubles, and 1 - |x| is rounded only once; near the ends, where it matters most, it is
 * exact. The largest |z| is 9.155, at 1 - |x| = 2^-64 (53 bits of a word would end at 8.3). Never 0, odd in w + 0.5.
 *
 *  - Centre, 1 - |x| >= 13/1024, which is |z| <= 2.49 and 98.7 % of the words: z = 1.5 x + x * ((LINE - v) + P(v) / Q(v)) with
 *    v = sqrt((1 - |x|)(1 + |x|)). The line comes near the ratio z / x and is all but exact; what the rational adds is below 0.41
 *    in magnitude. x is a sum of two numbers, the first of 51 bits: 1.5 times it is exact. (A centre up to 2.7 costs the same and has 1.92 ulp.)
 *  - Tail: r = sqrt(-2 ln(1 - |x|) - TAIL_OFFSET), |z| = r + P(r) / Q(r). The offset brings r within 0.32 of |z|. The logarithm is
 *    an exponent and a series in w = (f - 1) / (f + 1), f between sqrt(1/2) and sqrt(2).
 *
 * Error of z over 9 sets of 300,000 words, random and structured, the last ones among them all (`npm run fit -- float64-accuracy`): at most 1.9 ulp,
 * mean 0.3; stated bound 2 ulp. Words in order give values in order, to within those errors.
 *
 * Sources: Devroye, "Non-Uniform Random Variate Generation", 1986, section II.2, https://doi.org/10.1007/978-1-4613-8643-8; Wichura,
 * "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3), 1988,
 * https://doi.org/10.2307/2347330, for the division into centre and tail; the logarithm's series as in FreeBSD's e_log.c,
 * https://www.netlib.org/fdlibm/e_log.c.
 * @module
 */
import { balancedExponent, withoutExponent } from '../arithmetic/float64.js';
import { uint32At } from '../arithmetic/typed-at.js';

export interface Normal64Parameters {
  readonly kind: 'normal64';
  readonly mean: number;
  readonly std: number;
}

/** The tail: words with 1 - |x| below this. */
export const TAIL_BELOW = 13 / 1024;
/** 1 - |x| of the outermost words. */
export const SMALLEST_TAIL = 2 ** -64;

/** z / x is about CENTRE_BASE + LINE - v. */
export const CENTRE_BASE = 1.5;
export const LINE = 0.78125;
/** r = sqrt(-2 ln(1 - |x|) - TAIL_OFFSET). */
export const TAIL_OFFSET = 4;

/**
 * Made by bench/fit/float64.ts (`npm run fit -- float64`). In real arithmetic z is within 2^-58.1 relative, which is 0.03 ulp.
 * Centre: z / x = CENTRE_BASE + (LINE - v) + P(v) / Q(v); the leading coefficient of Q, of v^9, is 1.
 */
const P9 = -14709.471289106545; // 0xc0ccbabc533391c9
const P8 = -62144.86838625722; // 0xc0ee581bc9d1f9e2
const P7 = -18103.796942437653; // 0xc0d1adf3011adaa1
const P6 = 80585.80859716363; // 0x40f3ac9cf0039457
const P5 = 44162.95017188407; // 0x40e5905e67ceddf5
const P4 = -7277.0040039428595; // 0xc0bc6d01066703a3
const P3 = -6369.92566629103; // 0xc0b8e1ecf8774efc
const P2 = -862.2767447363412; // 0xc08af236c5f1bf68
const P1 = -32.695220123961136; // 0xc04058fcf917f792
const P0 = -0.24639230692563444; // 0xbfcf89c87a1da4e1
const Q8 = -14732.465031406397; // 0xc0ccc63b86262d0b
const Q7 = -95265.9555094533; // 0xc0f7421f49c447cf
const Q6 = -193622.111597958; // 0xc107a2b0e48d785f
const Q5 = -166038.79657840874; // 0xc10444b65f648032
const Q4 = -64273.69185778758; // 0xc0ef623623b2f164
const Q3 = -11097.871916741311; // 0xc0c5acef9af7c062
const Q2 = -789.6087590210028; // 0xc088acdebd0cb2d1
const Q1 = -19.075815487215035; // 0xc0331368a4ce1e6f
const Q0 = -0.09260567047193713; // 0xbfb7b5015619e330
/** Tail: |z| = r + P(r) / Q(r); the leading coefficient of Q, of r^8, is 1. */
const TAIL_P9 = 0.000023165368930184097; // 0x3ef84a680801e08e
const TAIL_P8 = -0.007990108768359795; // 0xbf805d1e3ed00d74
const TAIL_P7 = -3.2223485845344717; // 0xc009c75eb1d7197e
const TAIL_P6 = -83.25315427795499; // 0xc054d033ae002a30
const TAIL_P5 = -196.4901636099435; // 0xc0688faf6b984cb1
const TAIL_P4 = 1700.0848758954535; // 0x409a9056e9b4ecc4
const TAIL_P3 = 7750.848161686517; // 0x40be46d9211fd150
const TAIL_P2 = 34764.923000500195; // 0x40e0f99d89385851
const TAIL_P1 = 50377.64293446956; // 0x40e8993492eb4f07
const TAIL_P0 = 103017.0575192715; // 0x40f92690eb9953e0
const TAIL_Q7 = 56.75088726752178; // 0x404c601d12f07e93
const TAIL_Q6 = 768.7629900692217; // 0x4088061a9a8993d7
const TAIL_Q5 = 3860.5752642103275; // 0x40ae29268907d3d5
const TAIL_Q4 = 13943.112459780416; // 0x40cb3b8e65150380
const TAIL_Q3 = 34707.72687632059; // 0x40e0f27742922125
const TAIL_Q2 = 64889.33272306335; // 0x40efaf2aa5aad677
const TAIL_Q1 = 79911.21039367709; // 0x40f382735dc5c2a6
const TAIL_Q0 = 68984.47069742116; // 0x40f0d78787fa04e3
/** -2 ln 2 as a sum: LOG_HIGH has 41 bits, so its product with an exponent is exact. */
const LOG_HIGH = -1.3862943611202354; // 0xbff62e42fefa4000
const LOG_LOW = 3.447888905122967e-13; // 0x3d58432a1b0e2634
/** -2 ln((1 + w) / (1 - w)) = w * (-4 + w^2 P(w^2)), within 2^-55.5 absolute. */
const LOG_P5 = -0.33793158498219156; // 0xbfd5a0abcc722c5c
const LOG_P4 = -0.3623319698437609; // 0xbfd730726e318cae
const LOG_P3 = -0.4444723192077109; // 0xbfdc723c06be5c6c
const LOG_P2 = -0.5714282638480972; // 0xbfe24923ed279ab8
const LOG_P1 = -0.8000000016211922; // 0xbfe999999a786a3b
const LOG_P0 = -1.333333333330277; // 0xbff5555555551f91

/** By the names of the SIMD kernel's variables (workers/simd/normal64.ts). */
export const COEFFICIENTS = [
  ['tailBelow', TAIL_BELOW],
  ['centreBase', CENTRE_BASE],
  ['centreLine', LINE],
  ['centreP9', P9],
  ['centreP8', P8],
  ['centreP7', P7],
  ['centreP6', P6],
  ['centreP5', P5],
  ['centreP4', P4],
  ['centreP3', P3],
  ['centreP2', P2],
  ['centreP1', P1],
  ['centreP0', P0],
  ['centreQ8', Q8],
  ['centreQ7', Q7],
  ['centreQ6', Q6],
  ['centreQ5', Q5],
  ['centreQ4', Q4],
  ['centreQ3', Q3],
  ['centreQ2', Q2],
  ['centreQ1', Q1],
  ['centreQ0', Q0],
  ['tailOffset', TAIL_OFFSET],
  ['tailP9', TAIL_P9],
  ['tailP8', TAIL_P8],
  ['tailP7', TAIL_P7],
  ['tailP6', TAIL_P6],
  ['tailP5', TAIL_P5],
  ['tailP4', TAIL_P4],
  ['tailP3', TAIL_P3],
  ['tailP2', TAIL_P2],
  ['tailP1', TAIL_P1],
  ['tailP0', TAIL_P0],
  ['tailQ7', TAIL_Q7],
  ['tailQ6', TAIL_Q6],
  ['tailQ5', TAIL_Q5],
  ['tailQ4', TAIL_Q4],
  ['tailQ3', TAIL_Q3],
  ['tailQ2', TAIL_Q2],
  ['tailQ1', TAIL_Q1],
  ['tailQ0', TAIL_Q0],
  ['logHigh', LOG_HIGH],
  ['logLow', LOG_LOW],
  ['logP5', LOG_P5],
  ['logP4', LOG_P4],
  ['logP3', LOG_P3],
  ['logP2', LOG_P2],
  ['logP1', LOG_P1],
  ['logP0', LOG_P0],
] as const;

/** No value lies further from the mean, in standard deviations: the quantile of 2^-65 is 9.155. */
export const NORMAL64_REACH = 9.156;

/** |mean| + NORMAL64_REACH std is to be finite. */
export function normal64Parameters(mean: number, std: number): Normal64Parameters {
  // + 0: a mean of -0 would make the sign of a 0 depend on z.
  return { kind: 'normal64', mean: mean + 0, std };
}

/**
 * @param out    shape [n], overwritten
 * @param words  2n uint32: n 64-bit words, one for each element, low half first, in block order (generator.ts)
 */
export function fillNormal64(out: Float64Array, words: Uint32Array, { mean, std }: Normal64Parameters): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = mean + std * normalFromWord(uint32At(words, 2 * i), uint32At(words, 2 * i + 1));
  }
}

/** |x| is a sum: its first number is a multiple of 2^-51, its second is below that. */
const SECOND_MASK = 2 ** 12 - 1;

/** The standard normal value of a 64-bit word, given as its halves. */
export function normalFromWord(low: number, high: number): number {
  const sign = high >> 31;
  const magnitudeLow = (low ^ sign) >>> 0;
  const first = ((high ^ sign) * 2 ** 20 + (magnitudeLow >>> 12)) * 2 ** -51;
  const second = ((magnitudeLow & SECOND_MASK) + 0.5) * 2 ** -63;
  const tail = 1 - first - second;
  const z = tail < TAIL_BELOW ? tailValue(tail) : centralValue(first, second, tail);
  return sign < 0 ? -z : z;
}

function centralValue(first: number, second: number, tail: number): number {
  const x = first + second;
  const v = Math.sqrt(tail * (1 + x));
  let p = P9 * v + P8;
  p = p * v + P7;
  p = p * v + P6;
  p = p * v + P5;
  p = p * v + P4;
  p = p * v + P3;
  p = p * v + P2;
  p = p * v + P1;
  p = p * v + P0;
  let q = v + Q8;
  q = q * v + Q7;
  q = q * v + Q6;
  q = q * v + Q5;
  q = q * v + Q4;
  q = q * v + Q3;
  q = q * v + Q2;
  q = q * v + Q1;
  q = q * v + Q0;
  return CENTRE_BASE * first + (CENTRE_BASE * second + x * (LINE - v + p / q));
}

function tailValue(tail: number): number {
  const r = Math.sqrt(offsetLog(tail));
  let p = TAIL_P9 * r + TAIL_P8;
  p = p * r + TAIL_P7;
  p = p * r + TAIL_P6;
  p = p * r + TAIL_P5;
  p = p * r + TAIL_P4;
  p = p * r + TAIL_P3;
  p = p * r + TAIL_P2;
  p = p * r + TAIL_P1;
  p = p * r + TAIL_P0;
  let q = r + TAIL_Q7;
  q = q * r + TAIL_Q6;
  q = q * r + TAIL_Q5;
  q = q * r + TAIL_Q4;
  q = q * r + TAIL_Q3;
  q = q * r + TAIL_Q2;
  q = q * r + TAIL_Q1;
  q = q * r + TAIL_Q0;
  return r + p / q;
}

/** -2 ln(tail) - TAIL_OFFSET. */
function offsetLog(tail: number): number {
  const exponent = balancedExponent(tail);
  const fraction = withoutExponent(tail, exponent);
  const w = (fraction - 1) / (fraction + 1);
  const square = w * w;
  let p = LOG_P5 * square + LOG_P4;
  p = p * square + LOG_P3;
  p = p * square + LOG_P2;
  p = p * square + LOG_P1;
  p = p * square + LOG_P0;
  return exponent * LOG_HIGH - TAIL_OFFSET + (exponent * LOG_LOW + w * (square * p - 4));
}
