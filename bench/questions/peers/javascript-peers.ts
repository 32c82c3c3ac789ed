/**
 * Libraries and plain loops in JavaScript, beside jumpfill in warm memory.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import type { LeftOut, Table } from '../../measure/answer.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import type { Scale } from '../../measure/scale.js';
import {
  allocateOwn,
  allocateWrapped,
  SEED,
  type OwnTensor,
  type Subject,
} from '../../contestants/subjects.js';
import { nameThreads } from '../../measure/numbers-in-text.js';
import { PEERS, peerVersion, type PeerName } from '../../peers/javascript.js';
import { PEER_INITS } from '../../contestants/peer-draws.js';
import { PEER_WORK } from '../../peers/works.js';

const { low, high, std } = PEER_WORK;

type Drawn = 'uniform' | 'truncated normal';

const SUBJECTS: readonly (Subject & { readonly draws: Drawn })[] = [
  {
    draws: 'uniform',
    label: 'jumpfill uniform_',
    init: PEER_INITS.uniform,
    fill: (engine, tensor) => engine.uniform_(tensor, { low, high }),
  },
  {
    draws: 'truncated normal',
    label: 'jumpfill truncatedNormal_',
    init: PEER_INITS['truncated normal'],
    fill: (engine, tensor) => engine.truncatedNormal_(tensor, { std }),
  },
];

/** @param leaveOut  called for a peer that fails */
export async function timeJavaScriptPeers(
  scale: Scale,
  leaveOut: (left: LeftOut) => void,
): Promise<readonly Table[]> {
  listMissingPackages().forEach(leaveOut);
  const tables: Table[] = [];
  for (const subject of SUBJECTS) tables.push(await timeSubject(scale, subject, leaveOut));
  return tables;
}

async function timeSubject(
  scale: Scale,
  subject: (typeof SUBJECTS)[number],
  leaveOut: (left: LeftOut) => void,
): Promise<Table> {
  await using crew = await Crew.start(scale.threads);
  // A crew of its own: a peer that ends its thread ends no other contestant's.
  await using peerCrew = await Crew.start(1);
  const tensor = allocateOwn(scale.elements);
  const engines = [...new Set([1, scale.threads])].map((threads) => new Engine({ threads, seed: SEED }));
  const rows: Contestant[] = [
    ...engines.map((engine) => labelThreads(engineRun(engine, tensor, subject))),
    ...peersOf(subject.draws, peerCrew, tensor),
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
    title: `JavaScript: ${subject.draws}, float32, warm`,
    rows: timed,
    chart: { kind: 'bars', scale: 'log' },
  };
}

const labelThreads = (contestant: Contestant): Contestant => ({
  ...contestant,
  label: `${contestant.label}, ${nameThreads(contestant.threads)}`,
});

function peersOf(draws: Drawn, crew: Crew, { length }: OwnTensor): Contestant[] {
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
