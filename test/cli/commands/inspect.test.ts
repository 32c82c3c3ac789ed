/** The output of an inspection on a terminal, and the command. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, type InspectReport } from 'jumpfill';
import { formatInspection, formatReasons, formatSummary } from '../../../src/cli/output/inspection-table.js';
import { widthOf } from '../../../src/text/width.js';
import { escapeControls } from '../../../src/text/printable.js';
import { runCli, type CliRun } from '../../support/cli.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { saveTensors } from '../../support/inspected.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.close());

const plain = (_: string, text: string): string => text;

const HOSTILE = 'evil\x1b[31m\u202e\x9b2Jname';
const SPEC = {
  seed: 1,
  tensors: [
    {
      name: 'model.layers.0.self_attn.q_proj.weight.of.a.long.name',
      shape: [300, 200],
      init: { kind: 'xavier_normal' },
    },
    { name: '重み', shape: [128, 9], dtype: 'int8', init: { kind: 'wage', bits: 2, codes: true } },
    { name: HOSTILE, shape: [10], init: { kind: 'zeros' } },
  ],
};

let report: InspectReport;
beforeAll(async () => {
  const out = join(makeFolder(), 'm.safetensors');
  await engine.writeCheckpoint(SPEC, { out });
  const wrong = {
    ...SPEC,
    tensors: [...SPEC.tensors.slice(0, 2), { ...SPEC.tensors[2], init: { kind: 'ones' } }],
  };
  report = await engine.inspectCheckpoint(out, { spec: wrong });
});

describe('the table', () => {
  test.each([20, 44, 60, 80, 100, 120, 160, 200])(
    'in %i columns has no line that is longer, and no name that is cut',
    (room) => {
      const lines = formatInspection(report.tensors, room, plain).split('\n');
      const names = report.tensors.map(({ name }) => escapeControls(name));
      for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(room);
      const text = lines.join('').replaceAll(' ', '');
      for (const name of names) expect(text).toContain(name);
    },
  );

  test('has all columns and cells where lines do not wrap', () => {
    const [header = '', first = '', ...rest] = formatInspection(report.tensors, Infinity, plain).split('\n');
    const last = rest.at(-1) ?? '';
    expect(header.split(/ {2,}/)).toEqual([
      'name',
      'dtype',
      'shape',
      'histogram',
      'min',
      'max',
      'mean',
      'std',
      'expected',
      'kurtosis',
      'zeros',
      'levels',
      'weight_scale',
      'verdict',
    ]);
    expect(first + last).toMatch(/[▁▂▃▄▅▆▇█]{9}/);
    expect(last).toMatch(/ as expected$|NOT EXPECTED$/);
  });

  test('drops columns in order of importance: verdict, std and histogram stay longest', () => {
    const titles = (room: number): string[] =>
      (
        formatInspection(report.tensors, room, plain)
          .split('\n')
          .find((line) => line.includes('verdict')) ?? ''
      )
        .trim()
        .split(/ {2,}/);
    expect(titles(90)).toEqual(
      expect.arrayContaining(['dtype', 'shape', 'histogram', 'std', 'expected', 'verdict']),
    );
    expect(titles(50)).toEqual(['histogram', 'std', 'verdict']);
    expect(titles(25)).toEqual(['std', 'verdict']);
  });

  test('shows control characters and direction marks as their codes', () => {
    expect(escapeControls(HOSTILE)).toBe('evil\\u001b[31m\\u202e\\u009b2Jname');
    const all = [
      formatInspection(report.tensors, 80, plain),
      ...formatReasons(report, plain),
      formatSummary(report),
    ];
    expect(all.join('\n')).not.toMatch(/[\x1b\x9b\u202e]/);
  });
});

test('wide characters take two columns, combining marks none', () => {
  expect(['重み', 'ä', 'a\u0308', '👩', 'ｗ', '한'].map(widthOf)).toEqual([4, 1, 1, 2, 2, 2]);
});

test('reasons stand below the tensor’s name, and missing tensors are listed too', () => {
  expect(formatReasons({ ...report, missing: ['gone'] }, plain)).toEqual([
    'NOT EXPECTED evil\\u001b[31m\\u202e\\u009b2Jname',
    '  min is 0, below 1',
    'NOT EXPECTED gone',
    '  missing from the checkpoint',
  ]);
  expect(formatSummary(report)).toMatch(
    /3 tensors, 61,162 elements, .* 2 threads\n2 as expected, 1 NOT EXPECTED$/,
  );
  expect(formatSummary({ ...report, missing: ['gone', 'lost'] })).toMatch(
    /\n2 as expected, 1 NOT EXPECTED, 2 MISSING$/,
  );
});

test("the leak of upstream's truncated normal has a line of the summary, for all tensors together", () => {
  const [tensor, ...rest] = report.tensors;
  if (tensor === undefined) return expect.fail('no tensor');
  const leaking = { ...tensor, leak: { found: 3, expected: 2.25 } };
  expect(formatSummary({ ...report, tensors: [leaking, leaking, ...rest] })).toMatch(
    /NOT EXPECTED\n6 values beyond 2 standard deviations, 4\.5 expected: the leak of xbtorch's truncated normal in 2 tensors$/,
  );
});

describe('the command', () => {
  const inspect = (...parameters: string[]): Promise<CliRun> =>
    runCli(['inspect', ...parameters, '--threads', '1']);
  const checkpointPath = (): string =>
    saveTensors({
      w: { dtype: 'F32', elements: Float32Array.of(1, 2, NaN) },
      v: { dtype: 'F32', elements: Float32Array.of(1) },
    });

  test('prints a table without colours into a pipe, and warnings on standard error', async () => {
    const { code, stdout, stderr } = await inspect(checkpointPath());
    expect(code).toBe(0);
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/^name +dtype .*\nw +F32 .*\nv +F32 .*\n\n.*2 tensors, 4 elements/);
    expect(stderr).toBe('jumpfill: warning: Tensor "w": 1 NaN and 0 infinite elements.\n');
  });

  test('--json prints the report and nothing else, rows of numbers on one line', async () => {
    const path = checkpointPath();
    const { stdout } = await inspect(path, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      path,
      tensors: [{ name: 'w', figures: { nans: 1 } }, { name: 'v' }],
    });
    expect(stdout).toMatch(/"shares": \[0\.5, 0(, 0)+, 0\.5\],\n/);
  });

  test('--html writes a page, and replaces one only with --force', async () => {
    const htmlPath = join(makeFolder(), 'report.html');
    expect(await inspect(checkpointPath(), '--html', htmlPath, '--quiet')).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(readFileSync(htmlPath, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    writeFileSync(htmlPath, 'precious');
    const refused = await inspect('no-such-file', '--html', htmlPath);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/\[OUTPUT_EXISTS\]/) as string });
    expect(readFileSync(htmlPath, 'utf8')).toBe('precious');
    const { code, stderr } = await inspect(checkpointPath(), '--html', htmlPath, '--force');
    expect(code).toBe(0);
    expect(stderr).toContain(`jumpfill: wrote ${htmlPath}\n`);
    expect(readFileSync(htmlPath, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('a page is never written through a planted link, nor over the inspected file', async () => {
    const folder = makeFolder();
    const [htmlPath, elsewhere] = [join(folder, 'report.html'), join(folder, 'elsewhere')];
    symlinkSync(elsewhere, htmlPath);
    expect((await inspect(checkpointPath(), '--html', htmlPath)).stderr).toMatch(/\[OUTPUT_EXISTS\]/);
    expect((await inspect(checkpointPath(), '--html', htmlPath, '--force')).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
    expect(listFolder(folder)).toEqual(['report.html']);
    const path = checkpointPath();
    const before = readFileSync(path);
    const refused = await inspect(path, '--html', path, '--force');
    expect(refused.stderr).toMatch(/inspect: --html is one of the files to read.*\[BAD_OPTION\]/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('--spec says what to expect', async () => {
    const specPath = join(makeFolder(), 'spec.json');
    writeFileSync(specPath, JSON.stringify({ tensors: [{ name: 'v', shape: [1], init: { kind: 'ones' } }] }));
    const { stdout } = await inspect(checkpointPath(), '--spec', specPath);
    expect(stdout).toMatch(/\nv .* as expected\n/);
    expect(stdout).toMatch(/1 as expected, 1 without a recipe\n$/);
  });

  test('shows whole numbers by all their digits, and says which tensors were not measured', async () => {
    const path = saveTensors({
      whole: { dtype: 'I16', elements: Int16Array.of(-32768, 32767) },
      four: { dtype: 'F4', shape: [4], elements: Uint8Array.of(1, 2) },
    });
    const htmlPath = join(makeFolder(), 'report.html');
    const { stdout } = await inspect(path, '--html', htmlPath);
    expect(stdout).toMatch(/\nwhole .* -32768 +32767 +-0\.5 /);
    expect(stdout).toMatch(/\nfour .* not measured\n/);
    expect(stdout).toMatch(/\n1 not measured, 1 without a recipe\n$/);
    const page = readFileSync(htmlPath, 'utf8');
    for (const cell of ['<td>−32768</td>', '<td>32767</td>', '<b>1</b> not measured'])
      expect(page).toContain(cell);
  });

  test('says which tensors were not judged, in the table, the page and JSON', async () => {
    const folder = makeFolder();
    const [specPath, htmlPath] = [join(folder, 'spec.json'), join(folder, 'report.html')];
    const path = join(folder, 'm.safetensors');
    const tensors = [
      { name: 'count', shape: [257], init: { kind: 'arange' } },
      { name: 'q', shape: [4, 4], init: { kind: 'orthogonal', zero_rows: [0] } },
      { name: 'few', shape: [256], init: { kind: 'arange' } },
    ];
    writeFileSync(specPath, JSON.stringify({ tensors }));
    expect((await runCli(['init', specPath, '--out', path, '--quiet'])).code).toBe(0);
    const { code, stdout } = await inspect(path, '--html', htmlPath);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ncount .* not judged\n/);
    expect(stdout).toMatch(/\nq .* not judged\n/);
    expect(stdout).toMatch(/\n1 as expected, 2 not judged\n$/);
    expect(readFileSync(htmlPath, 'utf8')).toContain('<b>2</b> not judged');
    const json = JSON.parse((await inspect(path, '--json')).stdout) as object;
    const verdicts = { expected: 1, unexpected: 0, unknown: 0, unjudged: 2, unmeasured: 0 };
    expect(json).toMatchObject({ verdicts, tensors: [{ verdict: { kind: 'unjudged' } }, {}, {}] });
  });
});
