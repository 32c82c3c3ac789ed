/** The same calls by this package: a TorchGenerator and fills, and whole sequences as specs. */
import { createHash } from 'node:crypto';
import { JumpfillError, SharedTensor, TorchGenerator } from 'jumpfill';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const bytesOf = ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const initOf = ({ kind, parameters }) => ({ kind, ...parameters });

/** @returns the result of a fill, or the message it is refused with */
async function orRefused(promise) {
  try {
    return { bytes: bytesOf(await promise) };
  } catch (error) {
    if (error instanceof JumpfillError) return { refused: error.message };
    throw error;
  }
}

/** One generator's life. */
export class Life {
  constructor(engine, seed) {
    this.engine = engine;
    this.generator = new TorchGenerator(BigInt(seed));
  }

  /** Begins a fill. @returns its result, and the generator's state right after the call */
  fill(call) {
    const { engine, generator } = this;
    const tensor = SharedTensor.empty(call.shape, { dtype: call.dtype });
    const result = orRefused(engine.fill(tensor, initOf(call), { generator }));
    return { result, state: sha256(this.state()) };
  }

  state() {
    return this.generator.getState();
  }

  take(state) {
    this.generator.setState(state);
  }

  /** Takes the words of an aborted fill. */
  async skip(words) {
    const { engine, generator } = this;
    const options = { low: 0, high: 1, generator, signal: AbortSignal.abort() };
    await engine.uniform_(SharedTensor.empty([words]), options).catch((error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }

  clone() {
    this.generator = this.generator.clone();
  }
}

/** The calls of a sequence as one spec. */
export const specOf = ({ seed, calls }) => ({
  generator: 'torch',
  seed: String(BigInt.asUintN(64, BigInt(seed))),
  tensors: calls.map((call, i) => ({
    name: `t${i}`,
    shape: call.shape,
    dtype: call.dtype,
    init: initOf(call),
  })),
});

/** @returns the bytes of each tensor of the checkpoint that the spec gives, by name */
export async function streamTensors(engine, spec) {
  const pieces = [];
  for await (const piece of engine.streamCheckpoint(spec)) pieces.push(piece);
  const file = Buffer.concat(pieces);
  const begin = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...entries } = JSON.parse(file.toString('utf8', 8, begin));
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => [name, file.subarray(begin + from, begin + to)],
    ),
  );
}

/** Elements start to end - 1 of a tensor of the spec. */
export const drawPiece = async (engine, spec, name, start, end) =>
  bytesOf(await engine.drawSlice(spec, { name, start, end }));
