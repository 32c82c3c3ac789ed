/**
 * This machine's rate of SIMD arithmetic in WebAssembly: the most that multiplications and additions in registers reach, and what
 * the products of matrices reach.
 * @module
 */
import { SEGMENT_LENGTH } from '#built/domain/matrices/orthogonal-matrix.js';
import { allocateMemory, compile, instantiate, type SharedMemory } from '#built/engine/memory/wasm.js';
import { moduleOf, compileSimd } from '#built/engine/simd/code.js';
import { LINE_BYTES, type MatrixExports } from '#built/engine/simd/matrix-modules.js';
import { DOUBLE, rowBytes, SINGLE, type Precision } from '#built/engine/simd/matrix-precision.js';

/** Chains of additions, and as many of multiplications: two of each a cycle, three cycles until the next. */
const CHAINS = 6;
const CALLS = 1000;
const STEPS = 1000;

const TYPES = { 4: { vector: 'f32x4', number: 'f32' }, 8: { vector: 'f64x2', number: 'f64' } } as const;

/** A loop of independent chains that never leave the registers. */
function sourceOf({ bytes }: Precision): string {
  const { vector, number } = TYPES[bytes];
  const chains = Array.from({ length: CHAINS }, (_, i) => i);
  const forAll = (write: (i: number) => string): string => chains.map(write).join(' ');
  return `export function chains(steps: i32, x: ${number}): ${number} {
    const factor = ${vector}.splat(x);
    ${forAll((i) => `let a${i} = ${vector}.splat(${i}); let m${i} = ${vector}.splat(1 + ${i});`)}
    for (; steps > 0; steps--) {
      ${forAll((i) => `a${i} = ${vector}.add(a${i}, factor); m${i} = ${vector}.mul(m${i}, factor);`)}
    }
    ${forAll((i) => `a0 = ${vector}.add(a0, ${vector}.add(a${i}, m${i}));`)}
    return ${vector}.extract_lane(a0, 0);
  }`;
}

/** AssemblyScript's compiler, as far as it is used. Its own types would change those of the language's arrays everywhere. */
interface Compiler {
  main(
    options: readonly string[],
    host: {
      readFile: (name: string) => string | null;
      writeFile: (name: string, contents: Uint8Array | string) => void;
      listFiles: () => readonly string[];
    },
  ): Promise<{ readonly error: Error | null }>;
}

const COMPILER = ['assemblyscript', 'asc'].join('/');

async function importCompiler(): Promise<Compiler> {
  return ((await import(COMPILER)) as { default: Compiler }).default;
}

async function compileLoop(source: string): Promise<(steps: number, x: number) => number> {
  let binary: Uint8Array | undefined;
  const options = ['source.ts', '--outFile', 'out.wasm', '-O3', '--noAssert', '--runtime', 'stub'];
  const asc = await importCompiler();
  const { error } = await asc.main([...options, '--enable', 'simd'], {
    readFile: (name) => (name === 'source.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'out.wasm' && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null) throw error;
  if (binary === undefined) throw new Error('the compiler wrote nothing');
  return (instantiate(compile(binary), {}) as { chains: (steps: number, x: number) => number }).chains;
}

/** Runs of the loop, in GFLOP/s. */
export async function measurePeak(precision: Precision, runs: number): Promise<readonly number[]> {
  const loop = await compileLoop(sourceOf(precision));
  const operations = (2 * CHAINS * 16) / precision.bytes;
  // Each call is short: V8 changes to its optimising compiler's code between calls.
  return rates(operations * CALLS * STEPS, runs, () => {
    for (let call = 0; call < CALLS; call++) loop(STEPS, 1);
  });
}

/** Vectors and rows of a block of a matrix with so many columns, and a panel: what they are while a matrix is drawn. */
const COLUMNS = 4096;
const BLOCK = 32;
const STRIPS = 8;

export function measureProducts(
  precision: Precision,
  runs: number,
): { readonly add: readonly number[]; readonly subtract: readonly number[] } {
  const { bytes, lanes } = precision;
  const step = rowBytes(precision, COLUMNS);
  const [strips, factors] = [BLOCK * step, BLOCK * step + STRIPS * COLUMNS * LINE_BYTES];
  const memory = allocateMemory(factors + STRIPS * BLOCK * LINE_BYTES);
  if (memory === undefined) throw new Error('there is no room for a WebAssembly memory');
  fillSmall(precision, memory);
  const { addProducts, subtractProducts } = instantiate(moduleOf(compileSimd(), precision.module), {
    env: { memory },
  }) as MatrixExports;
  const operations = 2 * COLUMNS * BLOCK * STRIPS * lanes;
  const forAll = (visit: (begin: number, strip: number, w: number) => void) => (): void => {
    for (let begin = 0; begin < COLUMNS; begin += SEGMENT_LENGTH)
      for (let strip = 0; strip < STRIPS; strip++)
        visit(
          begin * bytes,
          strips + (strip * COLUMNS + begin) * LINE_BYTES,
          factors + strip * BLOCK * LINE_BYTES,
        );
  };
  const add = forAll((left, x, w) => {
    addProducts(w, LINE_BYTES, BLOCK, left, step, bytes, x, LINE_BYTES, SEGMENT_LENGTH);
  });
  const subtract = forAll((left, x, w) => {
    subtractProducts(x, LINE_BYTES, SEGMENT_LENGTH, left, bytes, step, w, LINE_BYTES, BLOCK);
  });
  return { add: rates(operations, runs, add), subtract: rates(operations, runs, subtract) };
}

/** Small numbers, so that sums stay far from overflow and underflow in any number of runs. */
function fillSmall(precision: Precision, { buffer }: SharedMemory): void {
  const numbers = precision.view(buffer, 0, buffer.byteLength / precision.bytes);
  for (let i = 0; i < numbers.length; i++) numbers[i] = ((i % 7) - 3) * 2 ** -20;
}

/** Runs after a warm-up. */
function rates(operations: number, runs: number, run: () => void): readonly number[] {
  for (let i = 0; i < Math.min(runs, 5); i++) run();
  return Array.from({ length: runs }, () => {
    const begin = performance.now();
    run();
    return operations / (performance.now() - begin) / 1e6;
  });
}

export const PRECISIONS = { float32: SINGLE, float64: DOUBLE } as const;
