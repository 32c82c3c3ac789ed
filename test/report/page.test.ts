import { beforeAll, expect, test } from 'vitest';
import type { InspectReport } from 'jumpfill';
import { formatTick } from '../../src/report/numbers.js';
import { renderPage } from '../../src/report/page.js';
import { inspectEverything, repeat } from '../support/inspection.js';

let report: InspectReport;
let page: string;
beforeAll(async () => {
  report = await inspectEverything();
  page = renderPage(report);
});

test('any name is shown as text, with its direction marks', () => {
  expect(/<h1>.*?<.h1>/.exec(page)?.[0]).toBe('<h1>a &amp; b &lt;c&gt;.safetensors</h1>');
  const heading = /<h3><bdi>(&lt;.*?)<.bdi>/.exec(page)?.[1];
  expect(heading).toMatch(
    /^&lt;script&gt;document\.<wbr>title=&#39;ran&#39;&lt;\/<wbr>script&gt;&lt;img src=x /,
  );
  expect(/<script|<img|\u202e/.exec(page)).toBeNull();
});

test('the page is self-contained: it loads nothing, and its policy forbids loading', () => {
  // Alone: a page in a message would bury it.
  expect(/<(link|img|script|iframe|object)|url\(|@import|https?:/.exec(page)?.[0]).toBeUndefined();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
});

test('what is missing is counted beside the verdicts, and nothing is where nothing is', () => {
  const summary = (missing: readonly string[]): string | undefined =>
    /<ul class="summary">.*?<.ul>/.exec(renderPage({ ...report, missing: [...missing] }))?.[0];
  expect(summary(['a', 'b'])).toContain('<b>2</b> missing');
  expect(summary([])).not.toContain('missing');
});

test('a card has every figure that was found or is expected, and only those', () => {
  const [first] = report.tensors;
  if (first?.figures === undefined || first.expected === undefined) expect.fail('no figures');
  const figures = { ...first.figures, mean: 1, std: 2, min: 3, max: 4, kurtosis: 5 };
  const expected = { ...first.expected, mean: 11, std: 12, min: 13, max: 14, kurtosis: 15 };
  const rowsOf = (tensor: object): (string | undefined)[][] => {
    const text = renderPage({ ...report, tensors: [{ ...first, figures, expected, ...tensor }] });
    const [table = ''] = /<table class="figures">.*?<.table>/s.exec(text) ?? [];
    const rows = [...table.matchAll(/<th scope="row">(.*?)<.th><td>(.*?)<.td><td>(.*?)<.td>/g)];
    return rows.map(([, ...cells]) => cells);
  };
  const plain = [
    ['mean', '1', '11'],
    ['std', '2', '12'],
    ['min', '3', '13'],
    ['max', '4', '14'],
    ['kurtosis', '5', '15'],
  ];
  expect(rowsOf({})).toEqual(plain);
  const codes = { weightScale: 16, step: 17 };
  expect(rowsOf({ stored: { weightScale: 6, step: 7 }, expected: { ...expected, ...codes } })).toEqual([
    ...plain,
    ['weight_scale', '6', '16'],
    ['step', '7', '17'],
  ]);
  expect(rowsOf({ leak: { found: 0.25, expected: 0.5 } })).toEqual([
    ...plain,
    ['beyond 2 std', '0.25', '0.5'],
  ]);
});

test('every opened element is closed', () => {
  const open: string[] = [];
  for (const [, slash, name = '', end] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (name === 'meta' || name === 'wbr' || end === '/') continue;
    if (slash === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
});

test('no picture has NaN or an infinity in it', () => {
  const pictures = page.match(/<svg.*?<\/svg>/gs) ?? [];
  // All but the empty tensor, and two of the layers.
  expect(pictures).toHaveLength(report.tensors.length - 1 + 2);
  for (const picture of pictures) {
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    expect(picture).toMatch(/<title>[^<]+<\/title><desc>[^<]+<\/desc>/);
  }
});

test('tensors that are not as expected come first, each with a link to its card', () => {
  const warnings = /<section class="warnings".*?<\/section>/s.exec(page)?.[0] ?? '';
  const wrong = report.tensors.flatMap(({ verdict }, i) => (verdict.kind === 'unexpected' ? [i] : []));
  expect(wrong).toHaveLength(2);
  for (const i of wrong) expect(warnings).toContain(`href="#t${i}"`);
});

test('of hundreds that are not as expected, 20 are listed and the rest are folded away', () => {
  const warnings =
    /<section class="warnings".*?<\/section>/s.exec(renderPage(repeat(report, 700)))?.[0] ?? '';
  const [first = '', rest = ''] = warnings.split('<details>');
  expect(first.match(/href="#t\d+"/g)).toHaveLength(20);
  const wrong = repeat(report, 700).tensors.filter(({ verdict }) => verdict.kind === 'unexpected');
  expect(rest.match(/href="#t\d+"/g)).toHaveLength(wrong.length - 20);
});

test.each([
  [0, '0'],
  [-0.02, '−0.02'],
  [0.0001, '0.0001'],
  [0.0000123456, '1.235e−5'],
  [999_900, '999900'],
  [1e6, '1e6'],
  [1e30, '1e30'],
  [-1048576, '−1.049e6'],
])('%d stands beside an axis as %s', (value, text) => {
  expect(formatTick(value)).toBe(text);
});

test('a page of 700 tensors has less than 3 MB', () => {
  const large = renderPage(repeat(report, 700));
  expect(large.match(/<article/g)).toHaveLength(700);
  expect(large.length).toBeLessThan(3e6);
});

test('a report that went through JSON gives the same page', () => {
  const infinite = (_: string, value: unknown): unknown => (value === 'inf' ? Infinity : value);
  const text = JSON.stringify(report, (_, value: unknown) => (value === Infinity ? 'inf' : value));
  expect(renderPage(JSON.parse(text, infinite) as InspectReport) === page).toBe(true);
});

test.each([
  [999, '999 B (999 bytes)'],
  [999_949, '999.9 KB (999,949 bytes)'],
  [999_999, '1.0 MB (999,999 bytes)'],
  [1_000_000, '1.0 MB (1,000,000 bytes)'],
])('%d bytes are not shown as a thousand of a smaller unit: %s', (byteLength, text) => {
  expect(renderPage({ ...report, byteLength })).toContain(`<dt>size</dt><dd>${text}</dd>`);
});

test('a name of 200,000 characters is cut everywhere, and so is a shape of 65,536 dimensions', () => {
  const [first] = report.tensors;
  if (first === undefined) expect.fail('no tensor');
  const long = 'N'.repeat(200_000);
  const verdict = { kind: 'unexpected', reasons: ['why'] } as const;
  const tensors = [{ ...first, name: long, shape: new Array<number>(65_536).fill(1), verdict }];
  const metadata = { [long]: long };
  const text = renderPage({ ...report, tensors, missing: [long], metadata });
  expect(text).toMatch(/<h3><bdi>N{100}…N{99}<\/bdi><\/h3>/);
  expect(text).not.toMatch(/N{301}|(?:1 × ){101}/);
  expect(text.length).toBeLessThan(50_000);
});

test('a checkpoint without tensors has a page too', () => {
  const none = {
    ...report,
    tensors: [],
    verdicts: { expected: 0, unexpected: 0, unknown: 0, unjudged: 0, unmeasured: 0 },
  };
  expect(renderPage(none)).toContain('<dd>0</dd>');
});
