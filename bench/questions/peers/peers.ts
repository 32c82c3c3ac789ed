/**
 * jumpfill and other libraries at the same work, in the same run.
 * @module
 */
import type { Answer, LeftOut } from '../../measure/answer.js';
import { FILL_NOTE } from '../../contestants/memory-fill.js';
import { shrink, type Scale } from '../../measure/scale.js';
import { describeFolder } from '../../measure/temporary-files.js';
import { PEER_WORK } from '../../peers/works.js';
import { timeFirstModels } from './first-models.js';
import { timeJavaScriptPeers } from './javascript-peers.js';
import { timePythonPeers } from './python-peers.js';

/** Of the peers in JavaScript; for the slowest of them a second. */
const ELEMENTS = 2 ** 24;

const { low, high, std } = PEER_WORK;

export async function answer(scale: Scale): Promise<Answer> {
  const leftOut: LeftOut[] = [];
  const leaveOut = (left: LeftOut): void => {
    leftOut.push(left);
  };
  const few = { ...scale, ...(scale.isQuick ? { minRounds: 1, maxRounds: 1 } : ROUNDS) };
  return {
    tables: [
      ...(await timePythonPeers(few, leaveOut)),
      await timeFirstModels(scale, leaveOut),
      ...(await timeJavaScriptPeers(shrink(scale, ELEMENTS, 10_000), leaveOut)),
    ],
    notes: NOTES,
    leftOut,
  };
}

/** Of a table of all libraries: 15 s after a run of each that is not counted. */
const ROUNDS = { minRounds: 2, maxRounds: 7, budgetMs: 15_000, warmMs: 0 } as const;

const NOTES: Answer['notes'] = [
  `uniform on [${low}, ${high}), normal of std ${std}, truncated at 2 std, Kaiming's of a ReLU by the fan-in and not truncated, orthogonal of 1024 x 1024; the others 4096 x 4096. The fastest run of each: whatever else the machine does only adds to it. Whole calls; a first one, which compiles and touches warm memory, is not counted.`,
  `${FILL_NOTE} Here it is counted in elements of the dtype.`,
  'Values are checked after each run: finite, in range, with the standard deviation of the distribution, rows orthonormal; the header and size of files. jumpfill is compared with its specification. A library that is not there, or fails at a work, is left out with its reason.',
  'warm: torch and NumPy draw in place, JAX into the array of the last run, which is donated. TensorFlow has no such call: it draws into new memory each time. fresh: a new tensor for each run.',
  `file: drawn into warm memory and written by safetensors' save_file; jumpfill's writeCheckpoint also syncs the file, save_file does not. ${describeFolder()}`,
  "torch: torch.nn.init. JAX: jax.random and jax.nn.initializers under jax.jit, with keys of its default generator. TensorFlow: tf.random.Generator and Keras's initialisers in tf.function. NumPy: the multithreaded recipe of its manual, truncated normals by drawing again what is beyond the bounds, bfloat16 by rounding to ml_dtypes' type. Decompositions take no bfloat16: torch, JAX, TensorFlow and NumPy decompose in float32 and round.",
  'Threads: of torch and NumPy OMP_NUM_THREADS and their own settings, of TensorFlow its intra-op threads, of JAX NPROC, which its runtime reads. torch draws on one thread however many it has.',
  "Models: from the start of the process to its end; jumpfill's command line, and the shortest script of each library (bench/peers/python/write_*.py) with all cores. GPT-2 in float32, and the layers of Llama with TinyLlama's sizes in bfloat16; weights normal, norms 1. Of a few runs the fastest.",
  'JavaScript peers take one thread: none has a documented way to take more. They fill warm shared memory in place, except for TensorFlow.js, which draws into memory of its own and is not charged for a copy. Medians. of fill: the time of memory.fill by as many threads over the time of the row.',
];
