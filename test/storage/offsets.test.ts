/**
 * Elements beyond 2^32, at bytes beyond 2^33: work on files keeps to their positions. The files are holes except for the bytes in question.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { fillRange, type Draw } from '#built/domain/draws/draw.js';
import { uniformParameters } from '#built/domain/kernels/uniform.js';
import { sampleExtents } from '#built/domain/partition/sample.js';
import { narrowFloatParameters } from '#built/domain/kernels/narrow-float.js';
import { PatternCounts } from '#built/domain/statistics/half-patterns.js';
import { elementsAt } from '#built/domain/tensors/dtypes.js';
import { specificationFiller } from '#built/engine/fillers/specification-filler.js';
import { SCRATCH_BYTES } from '#built/engine/fillers/filler.js';
import { Measurements } from '#built/engine/jobs/measurements.js';
import type { FileTarget, JobTensor } from '#built/engine/jobs/protocol.js';
import { openWork } from '#built/storage/open-work.js';
import { Findings } from '#built/storage/verify/findings.js';
import { expectSameBytes } from '../support/bytes.js';
import { makeFolder } from '../support/folder.js';
import { frame, headerOf } from '../support/stored-files.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.close());

/** bfloat16: two bytes an element. */
const draw: Draw = {
  ...{ kind: 'stream', dtype: 'bfloat16', root: [1, 2, 3, 4], kernel: uniformParameters(-1, 1) },
  narrowing: { kind: 'float', ...narrowFloatParameters('bfloat16', -1, 1) },
};

/** The extent begins at this byte, and at this element of the tensor; a chunk begins this many elements further. */
const POSITION = 2 ** 32 + 24;
const OFFSET = 2 ** 34 + 5 * 65_536;
const FIRST = 2 ** 32 + 2 ** 18;
/** More than one piece of any work. */
const COUNT = SCRATCH_BYTES / 2 + 3000;
const BYTE = POSITION + 2 * FIRST;

function wanted(): Uint8Array {
  const elements = elementsAt('bfloat16', new ArrayBuffer(2 * COUNT), 0, COUNT);
  fillRange(draw, OFFSET + FIRST, elements);
  return new Uint8Array(elements.buffer);
}

/** A hole, with these bytes where they belong. */
function makeHole(bytes?: Uint8Array): FileTarget {
  const path = join(makeFolder(), 'hole');
  const descriptor = fs.openSync(path, 'w+');
  fs.ftruncateSync(descriptor, BYTE + 2 * COUNT);
  if (bytes !== undefined) fs.writeSync(descriptor, bytes, 0, bytes.length, BYTE);
  return { kind: 'file', descriptor, path, position: POSITION };
}

/** Does the work on the chunk, and closes the files. */
function work(tensor: JobTensor, ...files: readonly FileTarget[]): void {
  openWork(tensor, specificationFiller).run(OFFSET + FIRST, COUNT, FIRST);
  for (const { descriptor } of files) fs.closeSync(descriptor);
}

/** The bytes of the chunk; a file that got bytes elsewhere takes more room than they do. */
function bytesOf({ path }: FileTarget): Uint8Array {
  const descriptor = fs.openSync(path, 'r');
  const bytes = new Uint8Array(2 * COUNT);
  fs.readSync(descriptor, bytes, 0, bytes.length, BYTE);
  const { size, blocks } = fs.fstatSync(descriptor);
  fs.closeSync(descriptor);
  expect(size).toBe(BYTE + 2 * COUNT);
  expect(512 * blocks).toBeLessThan(2 * bytes.length);
  return bytes;
}

test('a draw is written where its elements belong', () => {
  const target = makeHole();
  work({ kind: 'draw', draw, target }, target);
  expectSameBytes(bytesOf(target), wanted());
});

test('a kept tensor is copied from there to there', () => {
  const [source, target] = [makeHole(wanted()), makeHole()];
  work({ kind: 'copy', dtype: 'bfloat16', source, target }, source, target);
  expectSameBytes(bytesOf(target), wanted());
});

test.each(['draw', 'source'] as const)(
  'a file is compared there with its %s, and the first difference is known by its number',
  (kind) => {
    const changed = wanted();
    const [first, last] = [SCRATCH_BYTES / 4 + 17, COUNT - 1];
    for (const element of [first, last]) changed[2 * element] = (changed[2 * element] ?? 0) ^ 1;
    const [source, there] = [makeHole(changed), makeHole(wanted())];
    const findings = Findings.create();
    const tensor: JobTensor =
      kind === 'draw'
        ? { kind: 'compare', draw, source, findings }
        : { kind: 'compare-files', dtype: 'bfloat16', wanted: there, source, findings };
    work(tensor, source, there);
    const found = new Findings(findings);
    expect([found.differing, found.first]).toEqual([2, OFFSET + FIRST + first]);
  },
);

/** The patterns that occur, and how often. */
function listed(counts: PatternCounts): (readonly [pattern: number, count: number])[] {
  const list: (readonly [number, number])[] = [];
  counts.forEach((pattern, count) => list.push([pattern, count]));
  return list;
}

test('values are measured there', () => {
  const source = makeHole(wanted());
  const measurements = new Measurements();
  // A job measures at most 2^31 elements of a tensor, and begins within it.
  const first = 2 ** 30;
  const from = { ...source, position: BYTE - 2 * first };
  const tensor: JobTensor = {
    ...{ kind: 'measure', storedDtype: 'BF16', source: from, measurements: measurements.buffer },
  };
  openWork(tensor, specificationFiller).run(first, COUNT, first);
  fs.closeSync(source.descriptor);
  const [found, expected] = [new PatternCounts(), new PatternCounts()];
  measurements.addTo(found);
  for (const pattern of new Uint16Array(wanted().buffer)) expected.add(pattern, 1);
  expect(listed(found)).toEqual(listed(expected));
});

test('a sample finds a difference in its block, and says at which byte', async () => {
  const [before, elements] = [2 ** 32 + 3, 2 ** 34];
  const [fraction, sampleSeed] = [2 ** -18, 5n];
  const { offset = 0 } = sampleExtents(elements, fraction, sampleSeed, 'w')[0] ?? {};
  expect(offset).toBeGreaterThan(2 ** 33);
  const header = frame(
    headerOf({ v: ['I8', [before], 0, before], w: ['I8', [elements], before, before + elements] }),
  );
  const path = join(makeFolder(), 'm.safetensors');
  const file = fs.openSync(path, 'w');
  fs.writeSync(file, header);
  fs.ftruncateSync(file, header.length + before + elements);
  const byteOffset = header.length + before + offset + 7;
  fs.writeSync(file, Int8Array.of(-9), 0, 1, byteOffset);
  fs.closeSync(file);
  const tensors = [{ name: 'w', shape: [elements], dtype: 'int8', init: { kind: 'zeros' } }];
  const options = { spec: { seed: 1, tensors }, tensors: ['w'], sample: fraction, sampleSeed };
  const { equal, differences } = await engine.verifyCheckpoint(path, options);
  expect(equal).toBe(false);
  expect(differences).toMatchObject([
    {
      ...{ name: 'w', differing: 1 },
      first: { element: offset + 7, byteOffset, found: { value: -9 }, expected: { value: 0 } },
    },
  ]);
});
