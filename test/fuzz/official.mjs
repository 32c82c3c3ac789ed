/**
 * Checks that FILES_OF_OTHERS.md is right about the official reader, and that both readers agree on broken headers. Both get every row of
 * the page and many broken headers. They may differ only where the page gives a reason; if they differ elsewhere, the exit code is 1.
 *
 *     node test/fuzz/official.mjs [CASES] [--seed N] [--python PATH]
 *
 * Without safetensors in Python it only says that it does nothing: pip install safetensors numpy.
 */
import { isDeepStrictEqual } from 'node:util';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { JumpfillError } from '../../dist/src/base/errors.js';
import { readHeader } from '../../dist/src/storage/read/stored-file.js';
import { headerRows, officialVersion } from './others.mjs';
import { makeRandom } from './random.mjs';
import { makeHeaderFile, parseStrictly } from './targets.mjs';

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, python: { type: 'string' } },
  allowPositionals: true,
});
const cases = Number(positionals[0] ?? 10_000);
const seed = Number(values.seed ?? 1);
const python = values.python ?? 'python3';
if (![cases, seed].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  throw new TypeError(
    'CASES and N are whole numbers: node test/fuzz/official.mjs [CASES] [--seed N] [--python PATH]',
  );
}

/** Messages of refusals for which the page gives a reason. */
const LISTED = [
  /has more than 65536 (?:numbers|entries)/,
  /Tensor ".*": expected an object, found \[/,
  /dtype: expected a string, found \{/,
  /expected a whole number from 0 to 2\^53 - 1, found \d{16,}/,
];

if (spawnSync(python, ['-c', 'import safetensors, numpy']).status !== 0) {
  console.log(`skipped: ${python} has no safetensors and numpy`);
  process.exit(0);
}

const official = spawn(python, [fileURLToPath(new URL('official.py', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface(official.stdout)[Symbol.asyncIterator]();
const nextAnswer = async () => JSON.parse((await lines.next()).value);
const folder = mkdtempSync(join(tmpdir(), 'jumpfill-official-'));
const path = join(folder, 'file');

async function askOfficial(bytes) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  official.stdin.write(length);
  official.stdin.write(bytes);
  return await nextAnswer();
}

function ask(i) {
  const bytes = makeHeaderFile(makeRandom((seed + i) % 2 ** 32));
  return { bytes, answer: askOfficial(bytes) };
}

async function askHere(bytes) {
  writeFileSync(path, bytes);
  try {
    const { tensors, metadata } = await readHeader(path);
    const forms = tensors.map(({ name, storedDtype, shape }) => [name, [storedDtype, [...shape]]]);
    return { tensors: new Map(forms), metadata };
  } catch (error) {
    if (!(error instanceof JumpfillError)) throw error;
    return { refused: error.message };
  }
}

/** Checks whether a key comes twice, which is another reason on the page. */
function hasTwins(bytes) {
  try {
    parseStrictly(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
    return false;
  } catch (error) {
    return error.code === 'ERR_ASSERTION';
  }
}

/** Describes how the two readers differ; undefined if they agree, or differ for a reason on the page. */
function complaintOf(bytes, there, here) {
  if (here.refused !== undefined) {
    if (there.refused !== undefined || LISTED.some((reason) => reason.test(here.refused))) return undefined;
    if (hasTwins(bytes)) return undefined;
    return `read there, and refused here: ${here.refused}`;
  }
  if (there.refused !== undefined) return `read here, and refused there: ${there.refused}`;
  const isSame =
    isDeepStrictEqual(here.tensors, new Map(Object.entries(there.tensors))) &&
    isDeepStrictEqual(new Map(here.metadata), new Map(Object.entries(there.metadata)));
  return isSame ? undefined : 'read differently';
}

const complaints = [];
const complain = (what, complaint) => {
  if (complaint !== undefined) complaints.push(`${what}: ${complaint}`);
};

const { version } = await nextAnswer();
if (version !== officialVersion)
  console.log(`the page describes ${officialVersion}, but ${version} is installed`);
for (const { section, what, official: expected, makeBytes } of headerRows) {
  const bytes = makeBytes();
  const there = await askOfficial(bytes);
  const verdict = there.refused === undefined ? 'reads' : 'refuses';
  if (verdict !== expected)
    complain(`${section}, ${what}`, `the page says that it ${expected}: ${there.refused ?? 'it read it'}`);
  complain(`${section}, ${what}`, complaintOf(bytes, there, await askHere(bytes)));
}
const counts = { read: 0, refused: 0, stricter: 0 };
/** The number of files that the official reader may be ahead: with one at a time, the readers would wait for each other. */
const AT_ONCE = 200;
const asked = [];
for (let i = 0; i < cases && complaints.length < 10; i++) {
  while (asked.length < AT_ONCE && i + asked.length < cases) asked.push(ask(i + asked.length));
  const { bytes, answer } = asked.shift();
  const [there, here] = await Promise.all([answer, askHere(bytes)]);
  complain(`case ${i} of seed ${seed}: ${bytes.toString('latin1')}`, complaintOf(bytes, there, here));
  if (here.refused === undefined) counts.read++;
  else if (there.refused === undefined) counts.stricter++;
  else counts.refused++;
}
official.stdin.end();
rmSync(folder, { recursive: true });
for (const complaint of complaints) console.log(complaint);
console.log(
  `safetensors ${version}: ${headerRows.length} rows; of ${cases} broken headers both read ${counts.read} and refuse ${counts.refused}, and ${counts.stricter} are refused here alone, as the page says`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;
