/**
 * `npm run fit -- NAME`: derives the kernels' coefficients again, or measures how accurate the kernels are.
 * @module
 */
import { at } from '#built/base/at.js';
import { FITS } from './fits.js';
import { suggest } from '#built/base/wording.js';

function describe(): string {
  const titles = FITS.map(({ name, parameter = '' }) => `${name} ${parameter}`.trim());
  const width = Math.max(...titles.map(({ length }) => length));
  const lines = FITS.map(({ does }, i) => `  ${at(titles, i).padEnd(width)}  ${does}`);
  return ['npm run fit -- NAME', '', ...lines, ''].join('\n');
}

interface FitModule {
  readonly run: (count?: number) => void | Promise<void>;
}

async function main(name: string | undefined, count: string | undefined): Promise<void> {
  const fit = FITS.find((known) => known.name === name);
  if (fit !== undefined) {
    const { run } = (await import(`./${fit.name}.js`)) as FitModule;
    await run(count === undefined ? undefined : Number(count));
  } else if (name === undefined || name === '--help') {
    process.stdout.write(describe());
  } else {
    const remedy = suggest(
      name,
      FITS.map((known) => known.name),
    );
    process.stderr.write(`fit: "${name}" is not a fit. ${remedy}\n`);
    process.exitCode = 2;
  }
}

await main(process.argv[2], process.argv[3]);
