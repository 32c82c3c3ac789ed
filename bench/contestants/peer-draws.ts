/**
 * jumpfill at what peers are asked to draw: into warm memory, into fresh memory, and to a file.
 * @module
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Engine } from '#built/api/engine.js';
import type { Draw } from '#built/domain/draws/draw.js';
import { completeInit, type Init } from '#built/domain/recipes/init.js';
import { DTYPES } from '#built/domain/tensors/dtypes.js';
import { SharedTensor } from '#built/engine/memory/shared-tensor.js';
import { checkRange, checkSamples, proofIn, readIn, type ReadBytes } from '../measure/check.js';
import { clock, type Contestant } from '../measure/contest.js';
import { collectGarbage } from '../measure/garbage.js';
import { PEER_WORK, type PeerDtype, type PeerKind, type PeerWork } from '../peers/works.js';
import { readInFile } from './file-writers.js';
import { allocateAs, drawOf, SEED, type OwnTensor } from './subjects.js';

const { low, high, std } = PEER_WORK;

/** The peers' distributions, as jumpfill draws them. */
export const PEER_INITS = {
  uniform: { kind: 'uniform', low, high },
  normal: completeInit({ kind: 'normal', std }),
  'truncated normal': completeInit({ kind: 'truncated_normal', std }),
  'Kaiming normal': completeInit({ kind: 'kaiming_normal' }),
  'Kaiming uniform': completeInit({ kind: 'kaiming_uniform' }),
  orthogonal: completeInit({ kind: 'orthogonal' }),
} as const satisfies Readonly<Record<PeerKind, Init>>;

const NAME = 'weight';

export type PeerTensor = OwnTensor<PeerDtype>;

/** A matrix that is drawn into again and again, in a memory of its own. */
export function allocateMatrix({ dtype, shape }: PeerWork): PeerTensor {
  const { memory } = allocateAs(dtype, shape[0] * shape[1]);
  return SharedTensor.wrap(memory, shape, { dtype, name: NAME }) as PeerTensor;
}

/** @param warm  what is drawn into, unless the work is another place's */
export function jumpfillRun(engine: Engine, warm: PeerTensor, work: PeerWork): Contestant {
  const { dtype, shape } = work;
  return {
    label: 'jumpfill',
    role: 'jumpfill',
    threads: engine.threads,
    elementCount: shape[0] * shape[1],
    byteWidth: DTYPES[dtype].byteWidth,
    ...WAYS[work.place](engine, warm, work),
  };
}

type Way = (
  engine: Engine,
  warm: PeerTensor,
  work: PeerWork,
) => Pick<Contestant, 'prepare' | 'run' | 'proof'>;

const WAYS = { warm: drawWarm, fresh: drawFresh, file: drawToFile } as const satisfies Record<string, Way>;

function drawWarm(engine: Engine, warm: PeerTensor, work: PeerWork): ReturnType<Way> {
  const draw = specifiedBy(work);
  const { spoil } = proofIn(warm.data, draw);
  return {
    run: () => clock(() => engine.fill(warm, PEER_INITS[work.kind])),
    proof: {
      spoil,
      check: (label) => {
        checkMatrix(label, draw, work, readIn(warm.data));
      },
    },
  };
}

/** Every run's bytes are checked, outside its time: each tensor is another one. */
function drawFresh(engine: Engine, _warm: PeerTensor, work: PeerWork): ReturnType<Way> {
  const { dtype, shape, kind } = work;
  const draw = specifiedBy(work);
  return {
    prepare: collectGarbage,
    run: async () => {
      const startedAt = performance.now();
      const tensor = SharedTensor.empty(shape, { dtype, name: NAME });
      await engine.fill(tensor, PEER_INITS[kind]);
      const elapsedMs = performance.now() - startedAt;
      checkMatrix('jumpfill, fresh', draw, work, readIn(tensor.data));
      return elapsedMs;
    },
  };
}

function drawToFile(engine: Engine, _warm: PeerTensor, work: PeerWork): ReturnType<Way> {
  const { dtype, shape, kind, path: out = '' } = work;
  const spec = { default: { dtype, init: PEER_INITS[kind] }, tensors: [{ name: NAME, shape }] };
  const draw = specifiedBy(work);
  return {
    prepare: () => {
      rmSync(out, { force: true });
    },
    run: async () => {
      const startedAt = performance.now();
      const { tensors } = await engine.writeCheckpoint(spec, { out });
      const elapsedMs = performance.now() - startedAt;
      checkFile(out, tensors[0]?.byteOffset ?? 0, draw, work);
      return elapsedMs;
    },
  };
}

function checkFile(path: string, byteOffset: number, draw: Draw, work: PeerWork): void {
  const descriptor = openSync(path, 'r');
  try {
    checkMatrix('jumpfill, file', draw, work, readInFile(descriptor, byteOffset, draw));
  } finally {
    closeSync(descriptor);
  }
}

const specifiedBy = ({ kind, dtype, shape }: PeerWork): Draw =>
  drawOf(PEER_INITS[kind], shape, { dtype, name: NAME, seed: SEED });

/** Of an orthogonal matrix the first row alone: the others would take the specification minutes. */
function checkMatrix(label: string, draw: Draw, { kind, shape }: PeerWork, read: ReadBytes): void {
  if (kind === 'orthogonal') checkRange(label, { draw }, 0, read(0, shape[1]));
  else checkSamples(label, { draw }, shape[0] * shape[1], read);
}
