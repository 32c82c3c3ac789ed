/**
 * jumpfill and other libraries at the same work, in the same run.
 * @module
 */
import { completeInit } from '#built/domain/recipes/init.js';
import { Engine } from '#built/api/engine.js';
import type { Answer, LeftOut, Table } from '../../measure/answer.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { FILL_NOTE } from '../../contestants/memory-fill.js';
import { shrink, type Scale } from '../../measure/scale.js';
import {
  allocateOwn,
  allocateWrapped,
  SEED,
  type OwnTensor,
  type Subject,
} from '../../contestants/subjects.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import { PEER_WORK, PEERS, peerVersion, type PeerName } from '../../peers/javascript.js';
import { PythonPeers } from '../../peers/python.js';

/** The same for all; for the slowest of them a second. */
const ELEMENTS = 2 ** 24;

const { low, high, std } = PEER_WORK;

const WORKS: readonly (Subject & { readonly draws: 'uniform' | 'truncated normal' })[] = [
  {
    draws: 'uniform',
    label: 'jumpfill uniform_',
    init: { kind: 'uniform', low, high },
    fill: (engine, tensor) => engine.uniform_(tensor, { low, high }),
  },
  {
    draws: 'truncated normal',
    label: 'jumpfill truncatedNormal_',
    init: completeInit({ kind: 'truncated_normal', std }),
    fill: (engine, tensor) => engine.truncatedNormal_(tensor, { std }),
  },
];

export async function answer(scale: Scale): Promise<Answer> {
  const small = shrink(scale, ELEMENTS, 20_000);
  await using python = await PythonPeers.start(small.elements, scale.threads);
  const tables: Table[] = [];
  const failed: LeftOut[] = [];
  for (const work of WORKS) {
    tables.push(
      await timePeers(python, small, work, (left) => {
        failed.push(left);
      }),
    );
  }
  return {
    tables,
    notes: [
      `float32, ${small.elements} elements each. uniform on [${low}, ${high}), normal of std ${std} truncated at 2 std. of fill: the time of memory.fill by as many threads over the time of the row.`,
      FILL_NOTE,
      'The values of a peer are sampled after each run, at equal distances: finite, in range, not all equal. A peer that fails is left out with its reason.',
      'JavaScript peers take one thread: none has a documented way to take more. They fill warm shared memory in place, except for TensorFlow.js, which draws into memory of its own and is not charged for a copy.',
      "NumPy's recipe fills [0, 1) and is not charged for scaling. Python peers take as many threads as jumpfill and are timed in their own process, which waits while other contestants run.",
    ],
    leftOut: [...listMissingPackages(), ...python.leftOut, ...failed],
  };
}

async function timePeers(
  python: PythonPeers,
  scale: Scale,
  work: (typeof WORKS)[number],
  leaveOut: (left: LeftOut) => void,
): Promise<Table> {
  await using crew = await Crew.start(scale.threads);
  // A crew of its own: a peer that ends its thread ends no other contestant's.
  await using peerCrew = await Crew.start(1);
  const tensor = allocateOwn(scale.elements);
  const engines = [...new Set([1, scale.threads])].map((threads) => new Engine({ threads, seed: SEED }));
  const rows: Contestant[] = [
    ...engines.map((engine) => labelThreads(engineRun(engine, tensor, work))),
    ...javaScriptPeers(peerCrew, tensor, work.draws),
    ...python.contestants(work.draws).map(labelThreads),
  ];
  const contest = engines.flatMap(({ threads }) => {
    const ceiling = labelThreads(memoryFill(crew, tensor, threads));
    const own = rows.filter((row) => row.threads === threads);
    return measureBy(ceiling, own);
  });
  const timed = await runContest(contest, scale, leaveOut);
  await Promise.all(engines.map((engine) => engine.close()));
  return {
    kind: 'throughput',
    title: `Peers: ${work.draws}`,
    rows: timed,
    chart: { kind: 'bars', scale: 'log' },
  };
}

const labelThreads = (contestant: Contestant): Contestant => ({
  ...contestant,
  label: `${contestant.label}, ${nameThreads(contestant.threads)}`,
});

function javaScriptPeers(crew: Crew, { length }: OwnTensor, draws: string): Contestant[] {
  // Peers need no WebAssembly.Memory.
  const { buffer } = allocateWrapped(length);
  return (Object.keys(PEERS) as PeerName[])
    .filter((name) => PEERS[name].draws === draws && isInstalled(name))
    .map((name) => ({
      label: nameVersion(name),
      role: 'peer',
      threads: 1,
      elementCount: length,
      run: () =>
        crew.run({ action: { kind: 'peer', name, buffer }, elementCount: length, pieceElements: length }, 1),
    }));
}

function nameVersion(name: PeerName): string {
  const packageName = packageOf(name);
  const version = packageName === undefined ? undefined : peerVersion(packageName);
  return version === undefined ? name : `${name} (${version})`;
}

/** The package that a peer needs, if it needs one. */
const packageOf = (name: PeerName): string | undefined => {
  const peer = PEERS[name];
  return 'package' in peer ? peer.package : undefined;
};

function isInstalled(name: PeerName): boolean {
  const packageName = packageOf(name);
  return packageName === undefined || peerVersion(packageName) !== undefined;
}

function listMissingPackages(): LeftOut[] {
  const names = Object.keys(PEERS) as PeerName[];
  return names
    .filter((name) => !isInstalled(name))
    .map((what) => ({
      what,
      why: `${packageOf(what) ?? ''} is not installed; npm run bench -- peers --install does that.`,
    }));
}
