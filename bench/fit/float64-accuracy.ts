/**
 * Measures the accuracy of the float64 kernels: errors of z in ulps of the exact value, against 256-bit fixed point, over random words and
 * structured ones: both ends, the centre, and the seams: where a form ends, and just below and above powers of two, where
 * an ulp is the smallest share of z.
 *
 *     npm run fit -- float64-accuracy [words per set]
 * @module
 */
import { at } from '#built/base/at.js';
import { normalFromWord, TAIL_BELOW } from '#built/domain/kernels/normal64.js';
import { truncatedFromWord } from '#built/domain/kernels/truncated-normal64.js';
import { FIXED_ONE, toFixed, type Fixed } from './approximation/fixed-point.js';
import { randomWord } from './random-words.js';
import { range } from './range.js';
import { PRECISE_TOTAL_MASS, preciseTailMass, ulpError } from './reference/normal-mass.js';

const WORDS_PER_SET = 100_000;

/** Positive words, as the 63 bits below the sign. */
const WORD_BITS = 63n;
const LARGEST = (1n << WORD_BITS) - 1n;

/** One distribution: the kernel of a positive word, and the exact mass of the exact z. */
interface Subject {
  readonly name: string;
  readonly z: (word: bigint) => number;
  readonly mass: (word: bigint) => Fixed;
  /** The first word whose exact z is at least this. */
  readonly wordOf: (z: number) => bigint;
  readonly seams: readonly number[];
}

const halves = (word: bigint): [number, number] => [Number(word & 0xffffffffn), Number(word >> 32n)];
const HALF_LATTICE_BITS = 52n;

const truncated: Subject = {
  name: 'truncated normal',
  z: (word) => truncatedFromWord(...halves(word)),
  mass: (word) => {
    const twiceM = 2n * (word >> 11n) + 1n;
    return (twiceM * PRECISE_TOTAL_MASS) >> (HALF_LATTICE_BITS + 1n);
  },
  wordOf: (z) => ((FIXED_ONE - preciseTailMass(toFixed(z))) << WORD_BITS) / PRECISE_TOTAL_MASS,
  seams: [2 ** -4, 2 ** -3, 2 ** -2, 0.5, 1],
};

const normal: Subject = {
  name: 'normal',
  z: (word) => normalFromWord(...halves(word)),
  mass: (word) => ((2n * word + 1n) * FIXED_ONE) >> (WORD_BITS + 1n),
  wordOf: (z) => ((FIXED_ONE - preciseTailMass(toFixed(z))) << WORD_BITS) / FIXED_ONE,
  seams: [2 ** -4, 2 ** -3, 2 ** -2, 0.5, 1, 2, 4, 8],
};

const below = (limit: bigint): bigint => (randomWord() * limit) >> 64n;

/** A whole number with a uniform logarithm. */
function logUniform(limit: bigint): bigint {
  const bits = below(BigInt(limit.toString(2).length)) + 1n;
  return below(1n << bits) % limit;
}

type Words = readonly bigint[];

function sampleSets({ wordOf, seams }: Subject, wordsPerSet: number): [string, Words][] {
  const seamWords = (side: bigint): Words =>
    range(wordsPerSet, (i) => {
      const seam = wordOf(at(seams, i % seams.length));
      const distance = below((side > 0n ? LARGEST - seam : seam) / 8n);
      return seam + side * distance;
    });
  const tailSeam = LARGEST - BigInt(TAIL_BELOW * 2 ** 63);
  return [
    ['random', range(wordsPerSet, () => below(LARGEST))],
    ['towards the end', range(wordsPerSet, () => LARGEST - logUniform(LARGEST))],
    ['last words', range(wordsPerSet, (i) => LARGEST - BigInt(i))],
    ['last lattice points', range(wordsPerSet, (i) => LARGEST - (BigInt(i) << 11n))],
    ['towards the centre', range(wordsPerSet, () => logUniform(LARGEST))],
    ['below powers of 2', seamWords(-1n)],
    ['above powers of 2', seamWords(1n)],
    ['about the tail seam', range(wordsPerSet, () => tailSeam + below(1n << 55n) - (1n << 54n))],
    ['end, uniform', range(wordsPerSet, () => LARGEST - below(LARGEST / 16n))],
  ];
}

function measure(
  { z, mass }: Subject,
  words: Words,
): { max: number; at: bigint; mean: number; bias: number } {
  const figures = { max: 0, at: 0n, mean: 0, bias: 0 };
  for (const word of words) {
    const error = ulpError(z(word), mass(word));
    if (Math.abs(error) > figures.max) {
      figures.max = Math.abs(error);
      figures.at = word;
    }
    figures.mean += Math.abs(error) / words.length;
    figures.bias += error / words.length;
  }
  return figures;
}

export function run(wordsPerSet = WORDS_PER_SET): void {
  for (const subject of [truncated, normal]) {
    console.log(`${subject.name}: ulps of z, ${wordsPerSet} words a set`);
    for (const [name, words] of sampleSets(subject, wordsPerSet)) {
      const { max, at: word, mean, bias } = measure(subject, words);
      const z = subject.z(word);
      console.log(
        `  ${name.padEnd(20)} max ${max.toFixed(3)} mean ${mean.toFixed(3)} bias ${bias.toFixed(3).padStart(6)}`,
        `  worst word 0x${word.toString(16).padStart(16, '0')}, z = ${z}`,
      );
    }
  }
  console.log(
    `largest |z|: ${normal.z(LARGEST)} (normal), 2 - ${2 - truncated.z(LARGEST)} (truncated normal)`,
  );
}
