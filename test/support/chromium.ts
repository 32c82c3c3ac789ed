/** A real browser, if there is one: JUMPFILL_CHROMIUM names it, else it is looked for in the usual locations. */
import { accessSync, constants } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const named = process.env['JUMPFILL_CHROMIUM'] ?? '';

/** Undefined if there is none. If the named one does not exist, launching it fails. */
export const CHROMIUM = named === '' ? USUAL_PLACES.find(isExecutable) : named;

/** Without a sandbox, because tests run as root in containers; without what browsers do on their own. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without a limit of its own: a test has one. */
export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no chromium');
  return await chromium.launch({ executablePath: CHROMIUM, args: QUIET, timeout: 0 });
}
