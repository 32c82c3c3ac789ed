/** In a real browser, the page fits, can be read, loads nothing and runs nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InspectReport } from 'jumpfill';
import { renderPage } from '../../src/report/page.js';
import { CHROMIUM, launchChromium } from '../support/chromium.js';
import { HOSTILE, inspectEverything, makeExtreme } from '../support/inspection.js';
import { casesOf } from '../support/thorough.js';

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = casesOf({ few: [360], all: [360, 1280] });

/** WCAG 2.1, 1.4.3 and 1.4.11. */
const TEXT_CONTRAST = 4.5;
const GRAPHICS_CONTRAST = 3;
const LEAST_TEXT_PIXELS = 9.5;

interface Layout {
  readonly overflow: number;
  readonly outside: readonly string[];
  readonly names: readonly string[];
  readonly title: string;
  readonly scripts: number;
}

interface Picture {
  readonly title: string;
  readonly outside: readonly string[];
  readonly textPixels: number;
}

interface Contrasts {
  readonly paper: string;
  /** By the kind of element. */
  readonly text: Readonly<Record<string, number>>;
  readonly graphics: Readonly<Record<string, number>>;
}

const PROBES = readFileSync('test/report/probes.js', 'utf8').trimEnd().replace(/;$/, '');

/** Runs one of the probes in the page. */
const ask = async <T>(page: Page, probe: string): Promise<T> =>
  await page.evaluate<T>(`${PROBES}.${probe}()`);

if (CHROMIUM === undefined)
  console.warn('no chromium was found (JUMPFILL_CHROMIUM): the page was not tested in a browser');

describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
  let report: InspectReport;
  let browser: Browser;
  let folder: string;
  let url: string;
  let extremeUrl: string;

  beforeAll(async () => {
    report = await inspectEverything();
    folder = mkdtempSync(join(tmpdir(), 'jumpfill-page-'));
    const path = join(folder, 'report.html');
    writeFileSync(path, renderPage(report));
    url = pathToFileURL(path).href;
    const extremePath = join(folder, 'extreme.html');
    writeFileSync(extremePath, renderPage(makeExtreme(report)));
    extremeUrl = pathToFileURL(extremePath).href;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Events while the page was open. */
  async function visit<T>(
    width: number,
    colorScheme: (typeof SCHEMES)[number],
    look: (page: Page) => Promise<T>,
    address = url,
  ): Promise<{ seen: T; events: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    page.setDefaultTimeout(0);
    const events: string[] = [];
    page.on('console', (message) => events.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => events.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => events.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== address) events.push(`request: ${request.url()}`);
    });
    try {
      await page.goto(address);
      return { seen: await look(page), events };
    } finally {
      await page.close();
    }
  }

  describe.each(WIDTHS)('at %i pixels', (width) => {
    test.each(casesOf({ few: SCHEMES.slice(0, 1), all: SCHEMES }))(
      'in the %s: nothing overflows, runs or is loaded; every tensor has its card',
      async (scheme) => {
        const { seen, events } = await visit(width, scheme, async (page) => {
          await page.click('summary');
          return await ask<Layout>(page, 'layout');
        });
        expect(events).toEqual([]);
        expect(seen).toMatchObject({ overflow: 0, outside: [], scripts: 0 });
        expect(seen.title).toBe('a & b <c>.safetensors: jumpfill inspect');
        expect(seen.names).toEqual(report.tensors.map(({ name }) => name.replace('\u202e', '\\u202e')));
        expect(seen.names).toContain(HOSTILE.replace('\u202e', '\\u202e'));
      },
    );

    test('pictures stay within their boxes, and their text can be read', async () => {
      const { seen } = await visit(width, 'light', (page) => ask<readonly Picture[]>(page, 'pictures'));
      expect(seen).toHaveLength(report.tensors.length - 1 + 2);
      for (const { title, outside, textPixels } of seen) {
        expect(outside, title).toEqual([]);
        expect(textPixels, title).toBeGreaterThanOrEqual(LEAST_TEXT_PIXELS);
      }
    });

    test('no label leaves its picture, however large, small or uneven the values are', async () => {
      const look = (page: Page): Promise<readonly Picture[]> => ask(page, 'pictures');
      const { seen } = await visit(width, 'light', look, extremeUrl);
      for (const { title, outside } of seen) expect(outside, title).toEqual([]);
      expect(seen.length).toBeGreaterThan(5);
    });
  });

  test('light and dark differ, and both have enough contrast', async () => {
    const measure = async (scheme: (typeof SCHEMES)[number]): Promise<Contrasts> =>
      (await visit(800, scheme, (page) => ask<Contrasts>(page, 'contrasts'))).seen;
    const [light, dark] = [await measure('light'), await measure('dark')];
    expect(light.paper).not.toBe(dark.paper);
    for (const { text, graphics } of [light, dark]) {
      for (const [what, contrast] of Object.entries(text))
        expect(contrast, what).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      for (const [what, contrast] of Object.entries(graphics))
        expect(contrast, what).toBeGreaterThanOrEqual(GRAPHICS_CONTRAST);
      expect(Object.keys(text).length).toBeGreaterThan(10);
      expect(Object.keys(graphics)).toHaveLength(4);
    }
  });

  test('a link in the overview leads to the card of its tensor', async () => {
    const { seen } = await visit(1280, 'light', async (page) => {
      const index = report.tensors.findIndex(({ name }) => name === 'scaled');
      await page.locator(`svg.overview a[href="#t${index}"] circle`).first().click();
      return await ask<unknown>(page, 'target');
    });
    expect(seen).toEqual({ name: 'scaled', isSeen: true });
  });
});
