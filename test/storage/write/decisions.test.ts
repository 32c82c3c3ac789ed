/** DESIGN.md prints the tables that the code decides by, and a run follows them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, JumpfillError, type Progress } from 'jumpfill';
import { ChunkClaims } from '#built/engine/jobs/chunk-claims.js';
import {
  FILE_DECISIONS,
  RUN_DECISIONS,
  type EarlierRun,
  type FileAction,
  type FoundFile,
  type NameState,
  type Request,
  type RunAction,
} from '#built/storage/write/decisions.js';
import type { RunFile } from '#built/storage/write/run-plan.js';
import { closeFiles, findFile, type WorkFile } from '#built/storage/write/work-files.js';
import { workFolderOf } from '#built/storage/lock/work-names.js';
import { listFolder, makeFolder } from '../../support/folder.js';
import { findOwn } from '../../support/work-folder.js';

const REQUESTS: readonly Request[] = ['neither', 'force', 'resume', 'both'];

const optionsOf = (request: Request): { readonly force: boolean; readonly resume: boolean } => ({
  force: request === 'force' || request === 'both',
  resume: request === 'resume' || request === 'both',
});

const RUN_ROWS = Object.entries(RUN_DECISIONS) as [EarlierRun, Record<Request, RunAction>][];

const FILE_ROWS = (Object.entries(FILE_DECISIONS) as [FoundFile['work'], object][]).flatMap(([work, rows]) =>
  (Object.entries(rows) as [NameState, Record<Request, FileAction>][]).map(([name, actions]) => ({
    ...{ work, name, actions },
  })),
);

describe('DESIGN.md prints', () => {
  const page = readFileSync('src/storage/write/DESIGN.md', 'utf8').split('\n');

  const cellsOf = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());

  /** The rows below the head that begins with these cells. */
  function tableUnder(...head: string[]): string[][] {
    const first = page.findIndex((line) => cellsOf(line).join() === [...head, ...REQUESTS].join());
    expect(first, head.join()).toBeGreaterThan(0);
    const below = page.slice(first + 2);
    return below.slice(0, below.indexOf('')).map(cellsOf);
  }

  test('what a run does about an earlier one', () => {
    const rows = RUN_ROWS.map(([earlier, actions]) => [
      earlier,
      ...REQUESTS.map((request) => actions[request]),
    ]);
    expect(tableUnder('earlier run')).toEqual(rows);
  });

  test('what it does about a file', () => {
    const rows = FILE_ROWS.map(({ work, name, actions }) => [
      ...[work, name],
      ...REQUESTS.map((request) => actions[request]),
    ]);
    expect(tableUnder('in the work folder', 'final name')).toEqual(rows);
  });
});

const CHUNKS = 3;
const HEADER = Buffer.from('the header');
const CONTENT = Buffer.concat([HEADER, Buffer.alloc(20)]);

/** A file of a run in the state of a row, and the marks that its journal would give. */
function layOutFile({ work, name }: FoundFile): { file: RunFile; claims: ChunkClaims; marks: boolean[] } {
  const folder = makeFolder();
  const [workPath, finalPath] = [join(folder, 'work'), join(folder, 'final')];
  const shard = { name: 'final', header: HEADER, byteLength: CONTENT.length, tensors: [] };
  const file = { shard, workPath, finalPath, firstChunk: 1, endChunk: 1 + CHUNKS };
  if (work === 'growing') writeFileSync(workPath, Buffer.alloc(CONTENT.length));
  if (name !== 'free') writeFileSync(finalPath, name === 'taken' ? 'precious' : CONTENT);
  const claims = ChunkClaims.create(CHUNKS + 2);
  const recorded = name === 'ours, recorded' ? CHUNKS : work === 'growing' ? 1 : 0;
  for (let i = 0; i < recorded; i++) claims.markDone(1 + i);
  return { file, claims, marks: marksOf(claims) };
}

const marksOf = (claims: ChunkClaims): boolean[] =>
  Array.from({ length: CHUNKS }, (_, i) => claims.isDone(1 + i));

describe.each(FILE_ROWS)('a file that is $work from the work folder, its name $name:', (row) => {
  test.each(REQUESTS)('asked for %s, a run does what the table says', async (request) => {
    const { file, claims, marks } = layOutFile(row);
    const finding = findFile(file, claims, request);
    const outcome: WorkFile | Error = await finding.catch((error: unknown) => error as Error);
    const seen = outcome instanceof Error ? outcome : { kind: outcome.kind, marks: marksOf(claims) };
    const expected: Record<FileAction, unknown> = {
      make: { kind: 'absent', marks: marks.map(() => false) },
      continue: { kind: 'growing', marks },
      keep: { kind: 'published', marks: marks.map(() => true) },
      OUTPUT_EXISTS: expect.objectContaining({ code: 'OUTPUT_EXISTS' }),
      OUTPUT_UNFINISHED: 'a refusal of the first table',
      RESUME_REFUSED: 'a refusal of the first table',
      impossible: expect.not.objectContaining({ code: expect.anything() as unknown }),
    };
    expect(seen).toEqual(expected[row.actions[request]]);
    expect(outcome instanceof Error).toBe(['OUTPUT_EXISTS', 'impossible'].includes(row.actions[request]));
    if (!(outcome instanceof Error)) await closeFiles([outcome]);
  });
});

describe('an earlier run:', () => {
  const engine = new Engine({ threads: 1 });
  afterAll(() => engine.close());

  const specOf = (seed: number): object => ({
    seed,
    tensors: [{ name: 'w', shape: [5000], init: { kind: 'uniform', low: -1, high: 1 } }],
  });

  /** Leaves a run whose elements are all recorded, but whose file has no name yet. */
  async function leaveRun(out: string, seed: number): Promise<string> {
    const abort = new AbortController();
    const onProgress = ({ doneElements, totalElements }: Progress): void => {
      if (doneElements === totalElements)
        setImmediate(() => {
          abort.abort('enough');
        });
    };
    const options = { out, resume: true, checksum: true, signal: abort.signal, onProgress };
    await expect(engine.writeCheckpoint(specOf(seed), options)).rejects.toBe('enough');
    return findOwn(workFolderOf(out, undefined), 'journal');
  }

  async function leave(out: string, earlier: EarlierRun): Promise<void> {
    if (earlier === 'nothing') return;
    const journal = await leaveRun(out, earlier === 'another run' ? 2 : 1);
    if (earlier === 'no journal') writeFileSync(journal, 'damaged');
  }

  const cases = RUN_ROWS.flatMap(([earlier, actions]) =>
    REQUESTS.map((request) => ({ earlier, request, action: actions[request] })),
  );

  test.each(cases)('$earlier, asked for $request: $action', async ({ earlier, request, action }) => {
    const out = join(makeFolder(), 'm.safetensors');
    await leave(out, earlier);
    const before = listFolder(join(out, '..'));
    const outcome = await engine.writeCheckpoint(specOf(1), { out, ...optionsOf(request) }).then(
      ({ keptElements }) => (keptElements === 0 ? 'begin' : 'continue'),
      (error: unknown) => (error as JumpfillError).code,
    );
    expect(outcome).toBe(action);
    if (action !== 'begin' && action !== 'continue') expect(listFolder(join(out, '..'))).toEqual(before);
    else expect(listFolder(join(out, '..'))).toEqual(['m.safetensors']);
  });
});
