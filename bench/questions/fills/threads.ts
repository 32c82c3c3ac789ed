/**
 * Throughput by the number of threads.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { type Answer, figureOf, type Figure, type ThroughputRow } from '../../measure/answer.js';
import { measureBy, runContest, type Contestant } from '../../measure/contest.js';
import { engineRun, memoryFill } from '../../contestants/fills.js';
import { Crew } from '../../contestants/crew/crew.js';
import { type Scale, threadCounts } from '../../measure/scale.js';
import { allocateOwn, SEED, truncatedNormal, wage } from '../../contestants/subjects.js';
import { divideRounds } from '../../measure/statistics.js';

export const nameSpeedUp = (label: string, count: number): string => `${label}, ${count} threads over 1`;

export async function answer(scale: Scale): Promise<Answer> {
  const counts = threadCounts(scale);
  const tensor = allocateOwn(scale.elements);
  await using crew = await Crew.start(scale.threads);
  const engines = counts.map((count) => new Engine({ threads: count, seed: SEED }));
  const contestants = engines.flatMap((engine): Contestant[] => {
    const runs = [wage, truncatedNormal].map((subject) => engineRun(engine, tensor, subject));
    return measureBy(memoryFill(crew, tensor, engine.threads), runs);
  });
  const rows = await runContest(contestants, scale);
  await Promise.all(engines.map((engine) => engine.close()));
  return {
    tables: [
      { kind: 'throughput', title: 'Own memory', rows, chart: { kind: 'lines', x: 'threads' } },
      {
        kind: 'figures',
        title: 'Times as fast as 1 thread, in the same round',
        rows: compareThreads(rows),
      },
    ],
    notes: [
      'of fill: against memory.fill by the same number of threads. Whole public calls.',
      'A machine that other work runs on, or whose processors share a core, gives less than the number of threads.',
    ],
  };
}

function compareThreads(rows: readonly ThroughputRow[]): readonly Figure[] {
  const single = rows.filter((row) => row.threads === 1);
  return rows
    .filter((row) => row.threads > 1)
    .map((row) => {
      const alone = single.find(({ series }) => series === row.series);
      return figureOf(
        nameSpeedUp(row.label, row.threads),
        'x',
        divideRounds(alone?.roundsMs ?? [], row.roundsMs),
      );
    });
}
