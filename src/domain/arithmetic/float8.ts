/**
 * The two 8-bit floats of the OCP 8-bit Floating Point Specification (OFP8) 1.0, 2023, as patterns:
 * https://www.opencompute.org/documents/ocp-8-bit-floating-point-specification-ofp8-revision-1-0-2023-12-01-pdf-1
 * (table 1: fields, bias, special values). float8_e4m3fn has a sign, 4 bits of exponent and 3 of fraction, NaNs 0x7f and 0xff, and no
 * infinity; float8_e5m2 has 5 and 2, with infinities and NaNs as in IEEE 754.
 *
 * Rounding is to nearest, ties to even, subnormals included. As with halves, a finite value past the largest float8 becomes the largest;
 * an infinity becomes float8_e4m3fn's NaN. (A fill never gets there: its bounds are float8. Casts elsewhere differ, test/vectors/float8.py:
 * ml_dtypes turns what would round past 448 into NaN and torch 2.13 into 448; beyond 57344 both give infinity.)
 * @module
 */
import { floatBits, floatOfBits } from './bits.js';

export type Float8Dtype = 'float8_e4m3fn' | 'float8_e5m2';

export interface Float8Format {
  /** The largest finite value. */
  readonly largest: number;
  readonly leastNormal: number;
  readonly leastSubnormal: number;
  /** The bit of the sign in a pattern. */
  readonly sign: 0x80;
  /** The nearest float8's pattern, for a float32; a double is rounded to float32 first. */
  readonly toBits: (x: number) => number;
  /** The exact value of a bit pattern. */
  readonly fromBits: (bits: number) => number;
}

/** How a format divides and reads its bits. */
interface Fields {
  readonly fractionBits: number;
  readonly bias: number;
  /** Patterns without the sign: the largest finite value's, an infinity's (a NaN's where there is none), a NaN's. */
  readonly largestBits: number;
  readonly infinityBits: number;
  readonly nanBits: number;
}

const SIGN = 0x80;
const FLOAT_INFINITY_BITS = 0x7f800000;
const FLOAT_FRACTION_BITS = 23;
const FLOAT_BIAS = 127;

function makeFormat(fields: Fields): Float8Format {
  const { fractionBits, bias, largestBits } = fields;
  const leastNormal = 2 ** (1 - bias);
  const leastSubnormal = leastNormal * 2 ** -fractionBits;
  const fromBits = makeFromBits(fields, leastSubnormal);
  const largest = fromBits(largestBits);
  const toBits = makeToBits(fields, leastNormal, leastSubnormal);
  return { largest, leastNormal, leastSubnormal, sign: SIGN, toBits, fromBits };
}

function makeToBits(
  { fractionBits, bias, largestBits, infinityBits, nanBits }: Fields,
  leastNormal: number,
  leastSubnormal: number,
): (x: number) => number {
  const dropped = FLOAT_FRACTION_BITS - fractionBits;
  const rebias = (FLOAT_BIAS - bias) << FLOAT_FRACTION_BITS;
  const belowHalfPlace = 2 ** (dropped - 1) - 1;
  // As a float32, its last place is that of the subnormals: adding it rounds to that place.
  const magic = leastSubnormal * 2 ** FLOAT_FRACTION_BITS;
  const magicBits = floatBits(magic);
  return (x) => {
    const pattern = floatBits(x);
    const sign = (pattern >>> 24) & SIGN;
    const magnitude = pattern & 0x7fffffff;
    if (magnitude >= FLOAT_INFINITY_BITS)
      return sign | (magnitude > FLOAT_INFINITY_BITS ? nanBits : infinityBits);
    const value = floatOfBits(magnitude);
    if (value < leastNormal) return sign | (floatBits(value + magic) - magicBits);
    // Half a place less one, plus the last bit that stays: a tie goes up from odd only. A carry moves into the exponent.
    const odd = (magnitude >>> dropped) & 1;
    return sign | Math.min((magnitude - rebias + belowHalfPlace + odd) >>> dropped, largestBits);
  };
}

function makeFromBits(
  { fractionBits, largestBits, infinityBits, nanBits }: Fields,
  leastSubnormal: number,
): (bits: number) => number {
  const fractions = 2 ** fractionBits;
  return (bits) => {
    const sign = bits & SIGN ? -1 : 1;
    const magnitude = bits & (SIGN - 1);
    if (magnitude > largestBits)
      return magnitude === infinityBits && infinityBits !== nanBits ? sign * Infinity : NaN;
    const exponent = magnitude >> fractionBits;
    const fraction = magnitude & (fractions - 1);
    const places = exponent === 0 ? fraction : (fractions + fraction) * 2 ** (exponent - 1);
    return sign * places * leastSubnormal;
  };
}

/** OFP8 has no pattern to prefer for e5m2's NaN; 0x7e is the quiet one of IEEE 754, and ml_dtypes'. */
export const FLOAT8_FORMATS: Readonly<Record<Float8Dtype, Float8Format>> = {
  float8_e4m3fn: makeFormat({
    fractionBits: 3,
    bias: 7,
    largestBits: 0x7e,
    infinityBits: 0x7f,
    nanBits: 0x7f,
  }),
  float8_e5m2: makeFormat({
    fractionBits: 2,
    bias: 15,
    largestBits: 0x7b,
    infinityBits: 0x7c,
    nanBits: 0x7e,
  }),
};
