/** Bundled programs that import the library: with the library left out of the bundle, as the README says, and with it inside. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Format } from 'esbuild-wasm';
import { describe, expect, test } from 'vitest';
import { makeFolder } from './support/folder.js';
import { casesOf, slowTest } from './support/thorough.js';

/** Fills a tensor, by default one large enough for threads, and prints a hash of it or the error. */
const PROGRAM = `
import { createHash } from 'node:crypto';
import { Engine, SharedTensor } from 'jumpfill';

async function main() {
  const engine = new Engine({ threads: 2, seed: 1 });
  try {
    const tensor = SharedTensor.empty([Number(process.argv[2])], { name: 'w' });
    await engine.truncatedNormal_(tensor);
    console.log(createHash('sha256').update(tensor.data).digest('hex'));
    let byteLength = 0;
    const spec = { seed: 1, tensors: [{ name: 'a', shape: [4], init: { kind: 'ones' } }] };
    for await (const bytes of engine.streamCheckpoint(spec)) byteLength += bytes.length;
    console.log(byteLength > 16);
  } catch (error) {
    console.log(error.code, error.message);
  }
  await engine.close();
}
void main();
`;

/** Numbers of elements: few enough for the calling thread, and more. */
const [SMALL, LARGE] = [1000, 2 ** 20];

/** A project that has installed the library, with the program in it. */
function makeProject(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'jumpfill'), 'junction');
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  return folder;
}

async function bundle(folder: string, format: Format, external: string[]): Promise<string> {
  const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
  await build({
    absWorkingDir: folder,
    entryPoints: ['program.mjs'],
    bundle: true,
    platform: 'node',
    format,
    external,
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

function run(file: string, elements: number): { readonly lines: string[]; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [file, String(elements)], { encoding: 'utf8' });
  return { lines: stdout.trim().split('\n'), stderr };
}

const expected = (elements: number): string[] => run(join(makeProject(), 'program.mjs'), elements).lines;
const [whole, few] = [expected(LARGE), expected(SMALL)];

test('not bundled, it draws and streams', () => {
  for (const lines of [whole, few]) expect(lines).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 'true']);
});

describe.each(casesOf<Format>({ few: ['esm'], all: ['esm', 'cjs'] }))(
  'a bundle of the format %s',
  (format) => {
    test('without the library inside gives the same bytes, without a warning', async () => {
      const file = await bundle(makeProject(), format, ['jumpfill']);
      expect(run(file, LARGE)).toEqual({ lines: whole, stderr: '' });
    });

    slowTest(
      'with the library inside fills on the calling thread with the specification, and says how to leave it out',
      async () => {
        const file = await bundle(makeProject(), format, []);
        const { lines, stderr } = run(file, SMALL);
        expect(lines[0]).toBe(few[0]);
        expect(lines[1]).toMatch(
          /^MISSING_FILES .*package\.json.* bundled\. Leave jumpfill out .*--external:jumpfill/,
        );
        expect(stderr).toMatch(/JUMPFILL_SLOW_KERNELS.* bundled\..*scalar kernels/);
        const threaded = run(file, LARGE);
        expect(threaded.lines).toEqual([
          expect.stringMatching(/^MISSING_FILES .*workers\/fill\.cjs.* bundled\. .*--external:jumpfill/),
        ]);
      },
    );
  },
);
