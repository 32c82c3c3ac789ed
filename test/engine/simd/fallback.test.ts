/** Where the SIMD kernels cannot be trusted, the specification fills: same bytes, one warning. In processes, because flags last for life. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine, SharedTensor } from 'jumpfill';
import { flagsToSwitch } from '#built/engine/simd/code.js';
import { sha256 } from '../../support/bytes.js';
import { HAS_REVECTORIZER } from '../../support/revectorizer.js';
import { isThorough, slowTest } from '../../support/thorough.js';

/** Inside the package, so that its dependencies are found. */
const folder = mkdtempSync('build/fallback-');
// Which a copy of the build reads its version from.
cpSync('package.json', join(folder, 'package.json'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs two fills on threads and one on the calling thread, by two engines: [kernels, hash], and the warnings. */
const PROGRAM = `
  const { Engine, SharedTensor } = await import(process.argv[1]);
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  const kernels = [];
  for (const engine of [new Engine({ threads: 2, seed: 1 }), new Engine({ threads: 1, seed: 1 })]) {
    for (const length of [300_000, 1000]) {
      const tensor = SharedTensor.empty([length], { name: 'w' });
      await engine.truncatedNormal_(tensor, { mean: 0.1, std: 2 });
      hash.update(new Uint8Array(tensor.buffer, 0, tensor.byteLength));
    }
    kernels.push(engine.kernels);
    await engine.close();
  }
  console.log(JSON.stringify([kernels, hash.digest('hex')]));`;

interface Outcome {
  readonly kernels: readonly string[];
  readonly hash: string;
  readonly warnings: readonly string[];
}

interface Circumstances {
  readonly dist?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** KiB that the process may reserve. */
  readonly addressSpace?: number;
}

function runProgram({ dist = 'dist', flags = [], env = {}, addressSpace }: Circumstances): Outcome {
  const index = new URL(`../../../${dist}/src/index.js`, import.meta.url).href;
  const limit = addressSpace === undefined ? '' : `ulimit -v ${addressSpace};`;
  const parameters = [process.execPath, ...flags, '--input-type=module', '-e', PROGRAM, index];
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${limit} exec "$@"`, 'sh', ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, JUMPFILL_SIMD: '1', ...env },
  });
  expect(status, stderr).toBe(0);
  const [kernels, hash] = JSON.parse(stdout) as [string[], string];
  return { kernels, hash, warnings: stderr.split('\n').filter((line) => line.includes('JUMPFILL')) };
}

const plain = runProgram({});

test('a machine with SIMD uses it without a warning', () => {
  expect(plain.kernels).toEqual(['simd', 'simd']);
  expect(plain.warnings).toEqual([]);
});

test('switched off by the environment: the specification gives the same bytes without a warning', () => {
  expect(runProgram({ env: { JUMPFILL_SIMD: '0' } })).toEqual({
    kernels: ['specification', 'specification'],
    hash: plain.hash,
    warnings: [],
  });
});

function expectFallback(outcome: Outcome, reason: RegExp): void {
  expect(outcome.kernels).toEqual(['specification', 'specification']);
  expect(outcome.hash).toBe(plain.hash);
  expect(outcome.warnings).toHaveLength(1);
  expect(outcome.warnings[0]).toMatch(reason);
}

/** A copy of the build whose transforms are other bytes. */
function buildWithTransforms(name: string, change: (bytes: Buffer) => Buffer): string {
  const dist = join(folder, name);
  cpSync('dist', dist, { recursive: true });
  const file = join(dist, 'workers/simd/transforms.wasm');
  writeFileSync(file, change(readFileSync(file)));
  return dist;
}

const wrongDist = buildWithTransforms('wrong', (bytes) => {
  // Replaces every f32x4.div by a mul.
  const division = Buffer.from([0xfd, 0xe7, 0x01]);
  for (let at = bytes.indexOf(division); at >= 0; at = bytes.indexOf(division)) bytes[at + 1] = 0xe6;
  return bytes;
});

test('a kernel that computes something else is detected before it fills', () => {
  expectFallback(
    runProgram({ dist: wrongDist }),
    /simd kernels.*element \d+ of a truncated_normal as float32 differs.*scalar kernels/,
  );
});

slowTest('a kernel file that is missing or not WebAssembly', () => {
  const torn = buildWithTransforms('torn', (bytes) => bytes.subarray(0, 1000));
  expectFallback(runProgram({ dist: torn }), /WebAssembly\.Module/);
  const gone = buildWithTransforms('gone', (bytes) => bytes);
  rmSync(join(gone, 'workers/simd/lanes.wasm'));
  expectFallback(runProgram({ dist: gone }), /own file .*lanes\.wasm does not exist/);
});

test.runIf(isThorough && process.arch === 'x64')('a processor without the SIMD instructions', () => {
  expectFallback(runProgram({ flags: ['--no-enable-sse4-1'] }), /SIMD unsupported/);
});

slowTest('a Node without WebAssembly', () => {
  expectFallback(runProgram({ flags: ['--jitless'] }), /without WebAssembly/);
});

slowTest('the revectorizer gives the same bytes; a Node without one warns and uses SIMD', () => {
  const outcome = runProgram({ env: { JUMPFILL_REVECTORIZE: '1' } });
  expect(outcome.hash).toBe(plain.hash);
  if (HAS_REVECTORIZER) {
    expect(outcome.kernels).toEqual(['simd-revectorized', 'simd-revectorized']);
    expect(outcome.warnings).toEqual([]);
  } else {
    expect(outcome.kernels).toEqual(['simd', 'simd']);
    expect(outcome.warnings).toHaveLength(1);
    expect(outcome.warnings[0]).toMatch(/has no working revectorizer.*plain SIMD kernels are used/);
  }
});

slowTest('a wrong kernel is noticed, revectorized or not', () => {
  const outcome = runProgram({ dist: wrongDist, env: { JUMPFILL_REVECTORIZE: '1' } });
  expect(outcome.kernels).toEqual(['specification', 'specification']);
  expect(outcome.hash).toBe(plain.hash);
  expect(outcome.warnings).toHaveLength(2);
});

test.runIf(isThorough && HAS_REVECTORIZER)(
  'an experimental compiler that ends its process ends only the trial',
  () => {
    const dist = buildWithTransforms('crashing', (bytes) => bytes);
    writeFileSync(join(dist, 'src/engine/simd/revectorizer-trial.js'), 'process.abort();');
    const outcome = runProgram({ dist, env: { JUMPFILL_REVECTORIZE: '1' } });
    expect(outcome.kernels).toEqual(['simd', 'simd']);
    expect(outcome.hash).toBe(plain.hash);
    expect(outcome.warnings[0]).toMatch(/the trial process ended with SIGABRT.*plain SIMD kernels/);
  },
);

test.runIf(isThorough && HAS_REVECTORIZER)('a compiler that hangs is given up', () => {
  const dist = buildWithTransforms('hanging', (bytes) => bytes);
  writeFileSync(join(dist, 'src/engine/simd/revectorizer-trial.js'), 'setInterval(() => undefined, 1000);');
  const choice = join(dist, 'src/engine/choice/kernel-choice.js');
  const patient = readFileSync(choice, 'utf8');
  const hasty = patient.replace('TRIAL_TIMEOUT_MS = 10_000', 'TRIAL_TIMEOUT_MS = 200');
  expect(hasty).not.toBe(patient);
  writeFileSync(choice, hasty);
  const outcome = runProgram({ dist, env: { JUMPFILL_REVECTORIZE: '1' } });
  expect(outcome.kernels).toEqual(['simd', 'simd']);
  expect(outcome.warnings[0]).toMatch(/the trial process:.*ETIMEDOUT/);
});

/** Up to Node 22, V8 reserves 10 GB of addresses for any memory; later versions reserve varying amounts. */
const RESERVES = process.platform === 'linux' && Number.parseInt(process.versions.v8, 10) < 13;

test.runIf(isThorough && RESERVES)('without room for a WebAssembly memory, plain buffers are used', () => {
  expectFallback(runProgram({ addressSpace: 8_000_000 }), /no room for a WebAssembly memory/);
});

test.runIf(isThorough && RESERVES)(
  'with room for the calling thread’s memories only, other threads fill without SIMD',
  () => {
    // Two memories have room, the tensor's and the calling thread's.
    const outcome = runProgram({ addressSpace: 34_000_000 });
    expect(outcome.kernels).toEqual(['simd', 'simd']);
    expect(outcome.hash).toBe(plain.hash);
    expect(outcome.warnings).toHaveLength(1);
    expect(outcome.warnings[0]).toMatch(/cannot be used on a thread: there is no room/);
  },
);

test('flags that the process was started with stay as they are', () => {
  const switched = (...given: string[]): string[] => flagsToSwitch(given).map(([on]) => on);
  const all = [
    '--experimental-wasm-revectorize',
    '--no-liftoff',
    '--no-wasm-lazy-compilation',
    '--no-wasm-inlining',
  ];
  expect(switched()).toEqual(all);
  expect(switched('--no_liftoff', '--max-old-space-size=100')).toEqual([all[0], all[2], all[3]]);
  expect(switched(...all)).toEqual([]);
});

test('engines with and without SIMD at work side by side give the same bytes', async () => {
  await using fast = new Engine({ seed: 5, simd: true, threads: 2 });
  await using scalar = new Engine({ seed: 5, simd: false, threads: 2 });
  const fill = async (engine: Engine): Promise<string> => {
    const tensor = SharedTensor.empty([600_001], { name: 'w' });
    return sha256((await engine.uniform_(tensor, { low: -1, high: 2 })).data);
  };
  const [a, b] = await Promise.all([fill(fast), fill(scalar)]);
  expect(a).toBe(b);
  expect([fast.kernels, scalar.kernels]).toEqual(['simd', 'specification']);
});
