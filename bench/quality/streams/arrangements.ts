/**
 * The arrangements, in the order in which the page lists them.
 * @module
 */
import { bits, SharedTensor, TorchGenerator, uniform, type Engine } from 'jumpfill';
import { BLOCK_ELEMENTS } from '#built/domain/streams/generator.js';
import { PLACE_ELEMENTS, QUALITY_SEED, type Arrangement, type NextWords } from './arrangement.js';
import { packedLength24, packedLength53, packLattice24, packLattice53, packLowestBits } from './packing.js';

/** What is drawn at once. */
const PIECE_ELEMENTS = 2 ** 20;

const SYMMETRIC = uniform({ low: -1, high: 1 });

/** Names, or seeds, that take turns. */
const INTERLEAVED = 1024;

/** Elements from the start of each block. */
const START_ELEMENTS = 256;

/** Two buffers in turns: one is being read while the other is filled. */
function turns<Buffer>(make: () => Buffer): () => Buffer {
  const buffers = [make(), make()] as const;
  let turn = 0;
  return () => buffers[(turn ^= 1) === 0 ? 0 : 1];
}

/** One tensor in element order, piece after piece. */
function inOrder(place: number, makeDraw: () => (offset: number) => Promise<Uint32Array>): NextWords {
  const nextDraw = turns(makeDraw);
  let offset = place * PLACE_ELEMENTS;
  return async () => {
    const words = await nextDraw()(offset);
    offset += PIECE_ELEMENTS;
    return words;
  };
}

const lattice24 = (engine: Engine, place: number): NextWords =>
  inOrder(place, () => {
    const tensor = SharedTensor.empty([PIECE_ELEMENTS], { name: 'lattice24' });
    const out = new Uint32Array(packedLength24(PIECE_ELEMENTS));
    return async (offset) => {
      await engine.fill(tensor, SYMMETRIC, { seed: QUALITY_SEED, offset });
      packLattice24(out, tensor.data);
      return out;
    };
  });

const words32 = (engine: Engine, place: number): NextWords =>
  inOrder(place, () => {
    const tensor = SharedTensor.empty([PIECE_ELEMENTS], { name: 'words32', dtype: 'uint32' });
    return async (offset) => {
      await engine.fill(tensor, bits(), { seed: QUALITY_SEED, offset });
      return tensor.data;
    };
  });

const lattice53 = (engine: Engine, place: number): NextWords =>
  inOrder(place, () => {
    const tensor = SharedTensor.empty([PIECE_ELEMENTS], { name: 'lattice53', dtype: 'float64' });
    const out = new Uint32Array(packedLength53(PIECE_ELEMENTS));
    return async (offset) => {
      await engine.fill(tensor, SYMMETRIC, { seed: QUALITY_SEED, offset });
      packLattice53(out, tensor.data);
      return out;
    };
  });

const newOut = (): Uint32Array => new Uint32Array(packedLength24(PIECE_ELEMENTS));

/** Writes a column of a matrix of INTERLEAVED columns. */
function scatter(matrix: Float32Array, column: Float32Array, index: number): void {
  for (let row = 0, i = index; row < column.length; row++, i += INTERLEAVED) matrix[i] = column[row] ?? 0;
}

/** Element 0 of every source, then element 1 of every source, and so on. */
function interleaved(
  engine: Engine,
  place: number,
  source: (index: number) => { readonly name: string; readonly seed: bigint },
): NextWords {
  const length = PIECE_ELEMENTS / INTERLEAVED;
  const tensor = SharedTensor.empty([length]);
  const values = new Float32Array(PIECE_ELEMENTS);
  const nextOut = turns(newOut);
  const sources = Array.from({ length: INTERLEAVED }, (_, i) => source(i));
  let offset = place * PLACE_ELEMENTS;
  return async () => {
    for (const [column, { name, seed }] of sources.entries()) {
      await engine.fill(tensor, SYMMETRIC, { name, seed, offset });
      scatter(values, tensor.data, column);
    }
    offset += length;
    const out = nextOut();
    packLattice24(out, values);
    return out;
  };
}

const names = (engine: Engine, place: number): NextWords =>
  interleaved(engine, place, (i) => ({ name: `layers.${i}.weight`, seed: QUALITY_SEED }));

const seeds = (engine: Engine, place: number): NextWords =>
  interleaved(engine, place, (i) => ({ name: 'weight', seed: QUALITY_SEED + BigInt(i) }));

function blockStarts(engine: Engine, place: number): NextWords {
  const blocks = PIECE_ELEMENTS / START_ELEMENTS;
  const tensor = SharedTensor.empty([START_ELEMENTS], { name: 'block-starts' });
  const values = new Float32Array(PIECE_ELEMENTS);
  const nextOut = turns(newOut);
  let offset = place * PLACE_ELEMENTS;
  return async () => {
    for (let block = 0; block < blocks; block++) {
      await engine.fill(tensor, SYMMETRIC, { seed: QUALITY_SEED, offset });
      values.set(tensor.data, block * START_ELEMENTS);
      offset += BLOCK_ELEMENTS;
    }
    const out = nextOut();
    packLattice24(out, values);
    return out;
  };
}

/** A word of 32 even elements' lowest bits. */
const bit0 = (engine: Engine, place: number): NextWords =>
  inOrder(place, () => {
    const tensor = SharedTensor.empty([PIECE_ELEMENTS], { name: 'bit0', dtype: 'uint32' });
    const out = new Uint32Array(PIECE_ELEMENTS / 64);
    return async (offset) => {
      await engine.fill(tensor, bits(), { seed: QUALITY_SEED, offset });
      packLowestBits(out, tensor.data);
      return out;
    };
  });

function torch(engine: Engine, place: number): NextWords {
  const generator = new TorchGenerator(QUALITY_SEED + BigInt(place));
  const tensor = SharedTensor.empty([PIECE_ELEMENTS]);
  const nextOut = turns(newOut);
  // torch's lattice on [0, 1) is k / 2^24, ours on [-1, 1] is (k + 1/2) / 2^23.
  return async () => {
    await engine.fill(tensor, uniform({ low: 0, high: 1 }), { generator });
    const out = nextOut();
    packLattice24(
      out,
      tensor.data.map((x) => 2 * x - 1 + 2 ** -24),
    );
    return out;
  };
}

export const ARRANGEMENTS: readonly Arrangement[] = [
  {
    name: 'lattice24',
    says: 'uniform float32, one tensor in element order: the 24 bits of each element, packed',
    open: lattice24,
  },
  {
    name: 'lattice53',
    says: 'uniform float64, one tensor in element order: the 53 bits of each element, packed',
    open: lattice53,
  },
  {
    name: 'words32',
    says: 'bits of uint32, one tensor in element order: all 32 bits, those of the low halves included',
    open: words32,
  },
  {
    name: 'names',
    says: '1,024 tensors of one seed in turns, an element each: 24 bits each, packed',
    open: names,
  },
  {
    name: 'seeds',
    says: '1,024 consecutive seeds of one name in turns, an element each: 24 bits each, packed',
    open: seeds,
  },
  {
    name: 'block-starts',
    says: 'the first 256 elements of each block of a tensor: 24 bits each, packed',
    open: blockStarts,
  },
  {
    name: 'torch',
    says: "torch's uniform_ of float32 (mt19937): 24 bits each, packed",
    open: torch,
  },
  {
    name: 'bit0',
    says: 'bit 0 of every 64-bit output, packed: known to be linear, and to fail',
    open: bit0,
  },
];
