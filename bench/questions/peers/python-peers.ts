/**
 * Libraries for Python beside jumpfill: every distribution, dtype, number of threads and place, in turns.
 * @module
 */
import { at } from '#built/base/at.js';
import { Engine } from '#built/api/engine.js';
import type { GridRow, GridTable, LeftOut, ThroughputRow } from '../../measure/answer.js';
import { runContest, type Contestant } from '../../measure/contest.js';
import { memoryFill } from '../../contestants/fills.js';
import { MEMORY_FILL } from '../../contestants/memory-fill.js';
import { Crew } from '../../contestants/crew/crew.js';
import { allocateMatrix, jumpfillRun, type PeerTensor } from '../../contestants/peer-draws.js';
import { SEED } from '../../contestants/subjects.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import type { Scale } from '../../measure/scale.js';
import { TemporaryFolder } from '../../measure/temporary-files.js';
import { LIBRARY_NAMES, PythonLibrary } from '../../peers/python.js';
import {
  PEER_DTYPES,
  PEER_KINDS,
  PEER_PLACES,
  type PeerDtype,
  type PeerKind,
  type PeerPlace,
  type PeerWork,
} from '../../peers/works.js';

/** A side of the square matrices: 2^24 elements, which the slowest draws in a second. An orthogonal one is products. */
const SIDES = { usual: 4096, orthogonal: 1024 } as const;
const QUICK_SIDES = { usual: 64, orthogonal: 32 } as const;

export const nameGrid = (kind: PeerKind, dtype: PeerDtype): string => `${kind}, ${dtype}, ${unitOf(kind)}`;

/** What a cell holds: of orthogonal matrices the time of a whole one. */
const unitOf = (kind: PeerKind): 'ms' | 'Gelem/s' => (kind === 'orthogonal' ? 'ms' : 'Gelem/s');

export const namePlace = (place: PeerPlace, threads: number): string => `${place}, ${nameThreads(threads)}`;

/** @param leaveOut  called for a library that is not there, and for one that fails at a work */
export async function timePythonPeers(
  scale: Scale,
  leaveOut: (left: LeftOut) => void,
): Promise<readonly GridTable[]> {
  using folder = new TemporaryFolder();
  const teams: Team[] = [];
  for (const threads of new Set(scale.isQuick ? [scale.threads] : [1, scale.threads]))
    teams.push(await Team.gather(threads, leaveOut));
  const tables: GridTable[] = [];
  for (const kind of PEER_KINDS) {
    const side = (scale.isQuick ? QUICK_SIDES : SIDES)[kind === 'orthogonal' ? 'orthogonal' : 'usual'];
    for (const dtype of PEER_DTYPES)
      tables.push(await timeKind(teams, { kind, dtype, shape: [side, side] }, folder, scale, leaveOut));
  }
  for (const team of teams) await team[Symbol.asyncDispose]();
  return tables;
}

/** All that draws with one number of threads. */
class Team {
  private constructor(
    readonly threads: number,
    readonly engine: Engine,
    readonly crew: Crew,
    readonly libraries: readonly PythonLibrary[],
  ) {}

  static async gather(threads: number, leaveOut: (left: LeftOut) => void): Promise<Team> {
    const libraries: PythonLibrary[] = [];
    for (const name of LIBRARY_NAMES) {
      const library = await PythonLibrary.start(name, threads);
      if (library instanceof PythonLibrary) libraries.push(library);
      else leaveOut({ what: `${name}, ${nameThreads(threads)}`, why: library.why });
    }
    const crew = await Crew.start(threads);
    return new Team(threads, new Engine({ threads, seed: SEED }), crew, libraries);
  }

  contestants(warm: PeerTensor, work: PeerWork): readonly Contestant[] {
    const column = namePlace(work.place, this.threads);
    const named = (contestant: Contestant): Contestant => ({
      ...contestant,
      label: `${contestant.label}: ${work.kind}, ${work.dtype}, ${column}`,
      series: `${contestant.label}|${column}`,
    });
    const { elementCount, byteWidth, ...own } = jumpfillRun(this.engine, warm, work);
    const peers = this.libraries.map((library): Contestant => ({
      label: nameLibrary(library),
      role: 'peer',
      threads: this.threads,
      elementCount,
      run: () => library.run(work),
    }));
    const fills = work.place === 'warm' ? [memoryFill(this.crew, warm, this.threads)] : [];
    return [...fills, { ...own, elementCount, ...(byteWidth && { byteWidth }) }, ...peers].map(named);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.crew[Symbol.asyncDispose]();
    for (const library of this.libraries) await library[Symbol.asyncDispose]();
  }
}

const nameLibrary = ({ name, version }: PythonLibrary): string => `${name} ${version}`;

async function timeKind(
  teams: readonly Team[],
  { kind, dtype, shape }: Pick<PeerWork, 'kind' | 'dtype' | 'shape'>,
  folder: TemporaryFolder,
  scale: Scale,
  leaveOut: (left: LeftOut) => void,
): Promise<GridTable> {
  const path = folder.fileAt('weight.safetensors');
  const work = (place: PeerPlace): PeerWork => ({
    kind,
    dtype,
    shape,
    place,
    ...(place === 'file' && { path }),
  });
  const warm = allocateMatrix(work('warm'));
  const contestants = teams.flatMap((team) =>
    PEER_PLACES.flatMap((place) => team.contestants(warm, work(place))),
  );
  const rows = await runContest(contestants, scale, leaveOut);
  const places = PEER_PLACES.flatMap((place) => teams.map(({ threads }) => namePlace(place, threads)));
  return { kind: 'grid', title: nameGrid(kind, dtype), columns: places, rows: gridOf(rows, places, kind) };
}

/** A row for each contestant, in the order in which they first came. */
function gridOf(rows: readonly ThroughputRow[], columns: readonly string[], kind: PeerKind): GridRow[] {
  const names = [...new Set(rows.map(({ series }) => at(series.split('|'), 0)))];
  const rank = (name: string): number => (name === MEMORY_FILL ? 0 : 1);
  return names
    .sort((a, b) => rank(a) - rank(b))
    .map((label) => ({
      label,
      values: columns.map((column) => {
        const row = rows.find(({ series }) => series === `${label}|${column}`);
        return row && valueOf(row, kind);
      }),
    }));
}

/** Of the fastest run: whatever else the machine does only adds to it. */
function valueOf({ roundsMs, elementCount }: ThroughputRow, kind: PeerKind): number {
  const least = Math.min(...roundsMs);
  return unitOf(kind) === 'ms' ? least : elementCount / least / 1e6;
}
