/**
 * The short form of the SIMD sources. A kernel does the same to the four vectors of a group, side by side, and much the same for each
 * coefficient of a polynomial; written out, that takes fifty lines. So a statement is written once:
 *
 *   const s$ = f32x4.mul(x$, x$);             four statements, for the vectors a, b, c and d: sa, sb, sc, sd
 *   v128.store(at, z$, $offset);              $offset is the vector's offset in the group, in bytes: 0, 16, 32, 48
 *   export let p$k: f32 = 0; // $k: 4..0      five: p4, p3, p2, p1, p0
 *   p$ = horner(p$, s$, c$k); // $k: 3..0     both: for each k the four vectors
 *
 * Statements are expanded within their line, so the compiler's messages name lines of the source.
 * @module
 */
const VECTORS = ['a', 'b', 'c', 'd'];
const VECTOR_BYTES = 16;

/** @returns the source as the compiler takes it */
export const expand = (source) => source.split('\n').map(expandLine).join('\n');

function expandLine(line) {
  if (!line.includes('$') || /^\s*(?:\/\/|\/?\*)/.test(line)) return line;
  const [, code = line, first, last] = /^(.*?)\s*\/\/ \$k: (\d+)\.\.(\d+)$/.exec(line) ?? [];
  if (first === undefined) return expandVectors(code);
  return countDown(Number(first), Number(last))
    .map((k) => expandVectors(code.replaceAll('$k', String(k))))
    .join(' ');
}

const countDown = (first, last) => Array.from({ length: first - last + 1 }, (_, i) => first - i);

/** Each statement by itself: all four vectors, then the next statement. */
function expandVectors(code) {
  const statements = code.match(/[^;]+;?/g) ?? [];
  return statements
    .map((statement) => (statement.includes('$') ? forEachVector(statement) : statement))
    .join('');
}

const forEachVector = (statement) =>
  VECTORS.map((vector, i) =>
    statement.replaceAll('$offset', String(VECTOR_BYTES * i)).replaceAll('$', vector),
  ).join(' ');
