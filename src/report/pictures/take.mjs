/**
 * Takes the pictures of the README: the inspection page of a checkpoint that the command line has just written, light and dark.
 * @example npm run pictures
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const HERE = import.meta.dirname;
const WIDTH = 1240;
/** Sharp on dense screens, and still small files. */
const PIXEL_RATIO = 1.25;
const MARGIN = 12;

const folder = mkdtempSync(join(tmpdir(), 'jumpfill-pictures-'));
const jumpfill = (...parameters) =>
  execFileSync(process.execPath, [resolve(HERE, '../../../dist/src/cli.js'), ...parameters, '--quiet'], {
    cwd: folder,
  });

async function takePicture(browser, colorScheme, page) {
  const tab = await browser.newPage({
    viewport: { width: WIDTH, height: 1200 },
    deviceScaleFactor: PIXEL_RATIO,
    colorScheme,
  });
  await tab.goto(pathToFileURL(page).href);
  const box = await tab.locator('main > section:last-of-type').boundingBox();
  await tab.screenshot({
    path: join(HERE, `inspect-${colorScheme}.png`),
    fullPage: true,
    clip: { x: 0, y: box.y - MARGIN, width: WIDTH, height: box.height + 2 * MARGIN },
  });
  await tab.close();
}

try {
  jumpfill('init', join(HERE, 'spec.json'), '--out', 'model.safetensors');
  jumpfill('inspect', 'model.safetensors', '--html', 'report.html');
  const executablePath = process.env.JUMPFILL_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  for (const colorScheme of ['light', 'dark'])
    await takePicture(browser, colorScheme, join(folder, 'report.html'));
  await browser.close();
} finally {
  rmSync(folder, { recursive: true });
}
