/**
 * Writes the words of an arrangement to standard output until whoever reads has had enough.
 * Arguments: ARRANGEMENT, PLACE (0 by default).
 * @module
 */
import { Engine } from 'jumpfill';
import { ARRANGEMENTS } from './arrangements.js';

const [name = '', place = '0'] = process.argv.slice(2);

/** Resolves when the words may be overwritten. */
const write = (words: Uint32Array): Promise<void> =>
  new Promise((resolve) => {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    process.stdout.write(bytes, () => {
      resolve();
    });
  });

process.stdout.on('error', (error: Error & { readonly code?: string }) => {
  // The reader has closed the pipe: it has enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const arrangement = ARRANGEMENTS.find((known) => known.name === name);
if (arrangement === undefined) throw new RangeError(`"${name}" is not an arrangement.`);
const nextWords = arrangement.open(new Engine({ threads: 1 }), Number(place));
for (let written = Promise.resolve(); ;) {
  const words = await nextWords();
  await written;
  written = write(words);
}
