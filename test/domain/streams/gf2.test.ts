import fc from 'fast-check';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import {
  multiply,
  ONE,
  polynomial,
  power,
  squarings,
  type Polynomial,
} from '../../../src/domain/streams/gf2.js';
import { jump, STREAM_JUMP, type LaneState } from '../../../src/domain/streams/xoroshiro128plus.js';

const anyPolynomial = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(polynomial);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyState: fc.Arbitrary<LaneState> = fc.tuple(int32, int32, int32, int32);

const X: Polynomial = [2, 0, 0, 0];

test('multiplication is commutative, associative, distributes over xor and has a one', () => {
  const xor = (a: Polynomial, b: Polynomial): Polynomial => [
    a[0] ^ b[0],
    a[1] ^ b[1],
    a[2] ^ b[2],
    a[3] ^ b[3],
  ];
  const laws = fc.property(anyPolynomial, anyPolynomial, anyPolynomial, (a, b, c) => {
    expect(multiply(a, b)).toEqual(multiply(b, a));
    expect(multiply(a, multiply(b, c))).toEqual(multiply(multiply(a, b), c));
    expect(multiply(a, xor(b, c))).toEqual(xor(multiply(a, b), multiply(a, c)));
    expect(multiply(a, ONE)).toEqual(a);
  });
  fc.assert(laws);
});

test('a power by squarings is the product of as many factors', () => {
  const law = fc.property(anyPolynomial, fc.integer({ min: 0, max: 40 }), (a, exponent) => {
    const product = Array.from({ length: exponent }).reduce<Polynomial>((p) => multiply(p, a), ONE);
    expect(power(squarings(a, 10), exponent)).toEqual(product);
  });
  fc.assert(law);
});

test('jumping by x^n is n steps of pure-rand: the characteristic polynomial annihilates the generator', () => {
  const law = fc.property(anyState, fc.integer({ min: 0, max: 600 }), (state, steps) => {
    const generator = xoroshiro128plusFromState(state);
    for (let i = 0; i < steps; i++) generator.next();
    expect(jump(state, power(squarings(X, 10), steps))).toEqual(generator.getState());
  });
  fc.assert(law);
});

test("x^(2^64) mod p, by 64 squarings of x, is the polynomial of pure-rand's jump()", () => {
  const [last] = squarings(X, 65).slice(-1);
  expect(last).toEqual(STREAM_JUMP);
  const law = fc.property(anyState, (state) => {
    const generator = xoroshiro128plusFromState(state);
    generator.jump();
    expect(jump(state, STREAM_JUMP)).toEqual(generator.getState());
  });
  fc.assert(law);
});

test('jumps compose: a jump by a and then by b is a jump by their product', () => {
  const law = fc.property(anyState, anyPolynomial, anyPolynomial, (state, a, b) => {
    expect(jump(jump(state, a), b)).toEqual(jump(state, multiply(a, b)));
  });
  fc.assert(law);
});
