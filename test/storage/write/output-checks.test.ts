/** Names that are refused before anything is drawn: too long, not replaceable, or with another meaning. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { checkOutputName } from '../../../src/storage/write/output-checks.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { runCli, writeSpec } from '../../support/cli.js';

const engine = new Engine({ threads: 1, seed: 1n });
afterAll(() => engine.close());

const SPEC = {
  tensors: ['a', 'b'].map((name) => ({ name, shape: [1000], init: { kind: 'ones' } })),
};

describe('a name that is too long', () => {
  test.each([
    ['of 256 bytes', `${'x'.repeat(244)}.safetensors`, undefined, false],
    ['whose shards have longer names', `${'x'.repeat(240)}.safetensors`, '4KB', true],
    ['in bytes, not in characters', `${'ü'.repeat(125)}.safetensors`, undefined, false],
  ])('%s is refused before anything is drawn, with and without resume', async (_, name, shardSize, fits) => {
    const folder = makeFolder();
    for (const resume of [false, true]) {
      let drawn = 0;
      const run = engine.writeCheckpoint(SPEC, {
        out: join(folder, name),
        shardSize,
        resume,
        onProgress: ({ doneElements }) => (drawn += doneElements),
      });
      await expect(run).rejects.toMatchObject({
        code: 'OUTPUT_NOT_WRITABLE',
        message: expect.stringContaining('too long') as string,
      });
      expect(drawn).toBe(0);
      expect(listFolder(folder)).toEqual([]);
    }
    // Only the names of its shards are too long.
    if (fits) await engine.writeCheckpoint(SPEC, { out: join(folder, name) });
  });
});

const isRoot = process.getuid?.() === 0;

describe('with force', () => {
  test.skipIf(!isRoot)("another user's file in a sticky folder is refused before anything is drawn", () => {
    const folder = makeFolder();
    const place = join(folder, 'sticky');
    mkdirSync(place);
    chmodSync(folder, 0o755);
    writeFileSync(join(place, 'm.safetensors'), 'precious');
    chownSync(join(place, 'm.safetensors'), 1234, 1234);
    chmodSync(place, 0o1777);
    const spec = join(place, 'spec.json');
    writeFileSync(spec, JSON.stringify(SPEC));
    // As a third user: root may replace anything.
    const script = `
      process.setgid(4321); process.setuid(4321);
      const { checkOutputName } = await import('${join(process.cwd(), 'dist/src/storage/write/output-checks.js')}');
      await checkOutputName(process.argv[1], true).then(() => console.log('accepted'), ({ code, message }) => console.log(code, message));
    `;
    const run = (path: string): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, path], { encoding: 'utf8' });
    expect(run(join(place, 'm.safetensors'))).toMatch(
      /^OUTPUT_NOT_WRITABLE .* belongs to another user, in a folder where only its owner/,
    );
    chmodSync(place, 0o777);
    expect(run(join(place, 'm.safetensors'))).toBe('accepted\n');
  });

  /** @returns whether files can be made immutable here */
  function makeImmutable(path: string, flag: '+i' | '-i'): boolean {
    try {
      execFileSync('chattr', [flag, path], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  test('an immutable file is refused before anything is drawn, where files can be immutable', async (context) => {
    const folder = makeFolder();
    const path = join(folder, 'm.safetensors');
    writeFileSync(path, 'precious');
    if (!makeImmutable(path, '+i')) context.skip('no chattr here, or not for us');
    try {
      await expect(checkOutputName(path, true)).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
    } finally {
      makeImmutable(path, '-i');
    }
    await checkOutputName(path, true);
  });
});

describe('on Windows', () => {
  test.each(['a:b.safetensors', 'con.safetensors', 'NUL', 'a?.safetensors', 'ends.', 'lpt1.x'])(
    '%s is refused',
    async (name) => {
      const path = join(makeFolder(), name);
      await expect(checkOutputName(path, false, 'win32')).rejects.toMatchObject({
        code: 'OUTPUT_NOT_WRITABLE',
      });
      await checkOutputName(path, false, 'linux');
    },
  );

  test.each(['model.safetensors', 'console.safetensors', '.hidden'])('%s is accepted', async (name) => {
    await checkOutputName(join(makeFolder(), name), false, 'win32');
  });
});

test('more files than may be open are refused before any is made, and plan warns of it', async () => {
  const folder = makeFolder();
  const tensors = Array.from({ length: 200 }, (_, i) => ({
    name: `${i}`,
    shape: [300],
    init: { kind: 'ones' },
  }));
  const spec = writeSpec(makeFolder(), { seed: 1, tensors });
  const shell = (command: string): { status: number; text: string } => {
    const script = `ulimit -n 100; exec '${process.execPath}' dist/src/cli.js ${command} '${spec}' --out '${join(folder, 'm.safetensors')}' --shard-size 1KB 2>&1`;
    try {
      return { status: 0, text: execFileSync('bash', ['-c', script], { encoding: 'utf8' }) };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, text: stdout };
    }
  };
  const init = shell('init');
  expect(init.status).toBe(1);
  expect(init.text).toMatch(
    /200 files must be open at once, and this process may open only \d+ more beside its \d+ threads\..*ulimit -n.*\[IO_FAILED\]/,
  );
  expect(listFolder(folder)).toEqual([]);
  expect(shell('plan').text).toContain('200 files must be open at once');
  expect(
    (await runCli(['init', spec, '--out', join(folder, 'm.safetensors'), '--shard-size', '1KB', '--quiet']))
      .code,
  ).toBe(0);
});
