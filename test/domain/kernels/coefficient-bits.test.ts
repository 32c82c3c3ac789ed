/**
 * Every long decimal that decides bytes has its bits in hexadecimal beside it: 8 digits for a float32, 16 for a double. A shortened decimal
 * or a lost digit then shows in the file itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doubleBits, floatBits } from '../../../src/domain/arithmetic/bits.js';

const FOLDERS = [
  'src/domain/arithmetic',
  'src/domain/arithmetic/c-library',
  'src/domain/torch',
  'src/domain/kernels',
  'workers/simd',
];
/** Shorter decimals are exact, or obvious to a reader. */
const LONG_DIGITS = 8;
const DECIMAL = /(?<![\w.])-?\d*\.?\d+(?:e[-+]?\d+)?(?![\w.])/g;

const significantDigits = (text: string): number =>
  text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length;

function bitsOf(decimal: number, hex: string): string {
  const isFloat = hex.length === 8;
  if (isFloat) expect(Math.fround(decimal)).toBe(decimal);
  const pattern = isFloat ? BigInt(floatBits(decimal)) : doubleBits(decimal);
  return BigInt.asUintN(isFloat ? 32 : 64, pattern)
    .toString(16)
    .padStart(hex.length, '0');
}

interface Line {
  readonly where: string;
  readonly code: string;
  readonly hexes: readonly string[];
}

const files = FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
const lines: readonly Line[] = files
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line, i) => {
        const [code = '', comment = ''] = /^\s*(?:\/\/|\/?\*)/.test(line) ? [] : line.split(' // ');
        const hexes = [...comment.matchAll(/\b0x([0-9a-f]{16}|[0-9a-f]{8})\b/g)].map(([, hex = '']) => hex);
        return { where: `${path}:${i + 1}`, code, hexes };
      }),
  );

const decimalsOf = ({ code }: Line): string[] =>
  (code.match(DECIMAL) ?? []).filter((text) => significantDigits(text) >= LONG_DIGITS);

describe('coefficients', () => {
  const annotated = lines.filter(({ hexes }) => hexes.length > 0);

  test.each(annotated)('$where: the bits are those of the decimal', (line) => {
    const decimals = decimalsOf(line).map(Number);
    expect(decimals.map((decimal, i) => bitsOf(decimal, line.hexes[i] ?? ''))).toEqual(line.hexes);
  });

  test('every such decimal has its bits', () => {
    expect(annotated.length).toBeGreaterThan(150);
    const bare = lines.filter(({ hexes, ...line }) => {
      const decimals = decimalsOf({ hexes, ...line }).filter((text) => !Number.isInteger(Number(text)));
      return hexes.length === 0 && decimals.length > 0;
    });
    expect(bare.map(({ where }) => where)).toEqual([]);
  });
});
