/**
 * Peers in JavaScript, one thread each: none has a documented way to use more. Their packages, listed in bench/peers/package.json, are
 * installed on request.
 * @module
 */
import { createRequire } from 'node:module';
import { pathInBench } from '../measure/folders.js';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { PEER_WORK } from './works.js';

/** @returns  what it drew: `out`, or memory of its own */
export type PeerFill = (out: Float32Array) => Float32Array;

interface Peer {
  readonly draws: 'uniform' | 'truncated normal';
  /** The package it needs. */
  readonly package?: string;
  readonly load: () => Promise<PeerFill>;
}

const SEED = 42;
const TRUNCATION = 2;
const { low, high, std } = PEER_WORK;

const requirePeer = createRequire(pathInBench('peers/package.json'));

/** Draws again until the value is in bounds: how a truncated normal is made of a normal. */
function fillRejecting(out: Float32Array, draw: () => number): Float32Array {
  for (let i = 0; i < out.length; i++) {
    let z = draw();
    while (Math.abs(z) > TRUNCATION) z = draw();
    out[i] = std * z;
  }
  return out;
}

/** Box-Muller, both values of a pair used. */
function boxMuller(): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const z = spare;
      spare = undefined;
      return z;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

interface StdlibUniform {
  readonly assign: (low: number, high: number, out: Float32Array) => unknown;
}

interface TensorFlow {
  readonly enableProdMode: () => void;
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly randomUniform: (shape: number[], low: number, high: number) => Drawn;
  readonly truncatedNormal: (shape: number[], mean: number, std: number) => Drawn;
}

interface Drawn {
  readonly dataSync: () => Float32Array;
  readonly dispose: () => void;
}

async function loadTensorFlow(): Promise<TensorFlow> {
  const tf = requirePeer('@tensorflow/tfjs-core') as TensorFlow;
  // Quiet: it would advertise its native build, which is another peer.
  tf.enableProdMode();
  requirePeer('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return tf;
}

/** TensorFlow.js draws into memory of its own; it is not charged for copying that. */
function readAndDispose(drawn: Drawn): Float32Array {
  const values = drawn.dataSync();
  drawn.dispose();
  return values;
}

export const PEERS = {
  'Math.random loop': {
    draws: 'uniform',
    load: () =>
      Promise.resolve((out) => {
        for (let i = 0; i < out.length; i++) out[i] = low + (high - low) * Math.random();
        return out;
      }),
  },
  'pure-rand loop': {
    draws: 'uniform',
    load: () => {
      const generator = xoroshiro128plus(SEED);
      const scale = (high - low) / 2 ** 32;
      const middle = (low + high) / 2;
      return Promise.resolve((out) => {
        for (let i = 0; i < out.length; i++) out[i] = middle + generator.next() * scale;
        return out;
      });
    },
  },
  '@stdlib/random uniform.assign': {
    draws: 'uniform',
    package: '@stdlib/random-array-uniform',
    load: () => {
      const uniform = requirePeer('@stdlib/random-array-uniform') as StdlibUniform;
      return Promise.resolve((out) => {
        uniform.assign(low, high, out);
        return out;
      });
    },
  },
  'TensorFlow.js randomUniform': {
    draws: 'uniform',
    package: '@tensorflow/tfjs-core',
    load: async () => {
      const tf = await loadTensorFlow();
      return (out) => readAndDispose(tf.randomUniform([out.length], low, high));
    },
  },
  'Math.random, Box-Muller, rejection': {
    draws: 'truncated normal',
    load: () => {
      const draw = boxMuller();
      return Promise.resolve((out) => fillRejecting(out, draw));
    },
  },
  '@stdlib/random randn, rejection': {
    draws: 'truncated normal',
    package: '@stdlib/random-base-randn',
    load: () => {
      const draw = requirePeer('@stdlib/random-base-randn') as () => number;
      return Promise.resolve((out) => fillRejecting(out, draw));
    },
  },
  'TensorFlow.js truncatedNormal': {
    draws: 'truncated normal',
    package: '@tensorflow/tfjs-core',
    load: async () => {
      const tf = await loadTensorFlow();
      return (out) => readAndDispose(tf.truncatedNormal([out.length], 0, std));
    },
  },
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof PEERS;

export const loadPeer = (name: PeerName): Promise<PeerFill> => PEERS[name].load();

/** No value of such a draw is further from 0. */
const OUTERMOST = {
  uniform: Math.max(-low, high),
  'truncated normal': TRUNCATION * std,
} as const satisfies Record<Peer['draws'], number>;

/** Bounds are rounded to float32 by some. */
const ROUNDING = 1 + 2 ** -23;

/** Elements that are checked, at equal distances. */
const SAMPLES = 4096;

const sampleEvery = ({ length }: Float32Array): number => Math.max(1, Math.floor(length / SAMPLES));

/** Sets the elements that checkPeer checks to a value that no peer draws. */
export function spoilPeer(out: Float32Array): void {
  for (let i = 0; i < out.length; i += sampleEvery(out)) out[i] = NaN;
}

/** @throws {Error} a value that is not finite or out of range, or no two different ones: nothing was drawn */
export function checkPeer(name: PeerName, values: Float32Array): void {
  const bound = OUTERMOST[PEERS[name].draws] * ROUNDING;
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i += sampleEvery(values)) {
    const value = values[i] ?? NaN;
    // Not `>`: NaN is refused too.
    if (!(Math.abs(value) <= bound)) throw new Error(`its element ${i} is ${value}, beyond ${bound}`);
    seen.add(value);
  }
  if (seen.size < 2) throw new Error('all its elements are equal');
}

/** The installed version of a peer's package, or undefined if it is not installed. */
export function peerVersion(packageName: string): string | undefined {
  try {
    return (requirePeer(`${packageName}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}
