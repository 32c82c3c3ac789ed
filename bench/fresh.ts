/**
 * What does a tensor cost that nobody has touched yet, and how much of that is the memory's own price?
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine } from '#built/api/engine.js';
import type { Table } from './harness/answer.js';
import { measureBy, runContest, type Contestant } from './harness/contest.js';
import { engineRun, memoryFill } from './harness/contestants.js';
import { Crew } from './harness/crew.js';
import type { Question } from './harness/question.js';
import { shrink, type Scale } from './harness/scale.js';
import { allocateOwn, SEED, truncatedNormal, wage, type OwnTensor } from './harness/subjects.js';

/** Every run leaves a tensor behind that waits for the collector. */
const LARGEST = 2 ** 25;
const MAX_ROUNDS = 9;

export const fresh: Question = {
  name: 'fresh',
  asks: "What does a tensor cost that nobody has touched yet, and how much of that is the memory's own price?",
  async answer(scale) {
    const small = { ...shrink(scale, LARGEST), maxRounds: Math.min(scale.maxRounds, MAX_ROUNDS) };
    const tables = [await timeTensors(small, true), await timeTensors(small, false)];
    return {
      tables,
      notes: [
        'Fresh: each run gets a new tensor, whose pages the system makes real, and clears, as they are first written; the fill it is measured by gets one too. Allocating is outside the time: it only reserves.',
        'The page size matters more than the kernel: where the system gives huge pages, first touch is several times cheaper.',
      ],
    };
  },
};

async function timeTensors(scale: Scale, isFresh: boolean): Promise<Table> {
  await using crew = await Crew.start(scale.threads);
  await using engine = new Engine({ threads: scale.threads, seed: SEED });
  const source = isFresh ? new FreshTensors(scale.elements) : new WarmTensor(scale.elements);
  const onTensor = (make: (tensor: OwnTensor) => Contestant): Contestant => {
    const form = make(source.tensor);
    const { label, role, threads, elementCount } = form;
    return {
      ...{ label, role, threads, elementCount },
      prepare: () => {
        source.renew();
      },
      run: () => make(source.tensor).run(),
    };
  };
  const ceiling = onTensor((tensor) => memoryFill(crew, tensor, scale.threads));
  const runs = [wage, truncatedNormal].map((subject) =>
    onTensor((tensor) => engineRun(engine, tensor, subject)),
  );
  const rows = await runContest(measureBy(ceiling, runs), scale);
  return { kind: 'throughput', title: isFresh ? 'Fresh tensors' : 'The same, warm', rows };
}

class WarmTensor {
  readonly tensor: OwnTensor;

  constructor(elements: number) {
    this.tensor = allocateOwn(elements);
  }

  renew(): void {
    // The same again.
  }
}

class FreshTensors {
  tensor: OwnTensor;
  readonly #collect: () => void;

  constructor(readonly elements: number) {
    this.tensor = allocateOwn(elements);
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  renew(): void {
    this.tensor = allocateOwn(this.elements);
    this.#collect();
  }
}
