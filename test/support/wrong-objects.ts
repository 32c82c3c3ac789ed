/** Objects of every wrong kind, and whether a call refuses them as it should. */
import { inspect } from 'node:util';
import { Engine, JumpfillError, SharedTensor } from 'jumpfill';

const engine = new Engine({ threads: 1, seed: 1n });

/** By the name that test failures call them. */
export const WRONG_OBJECTS = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  '-1.5': () => -1.5,
  NaN: () => NaN,
  '-1n': () => -1n,
  '""': () => '',
  '"wrong"': () => 'wrong',
  'a symbol': () => Symbol('wrong'),
  'a function': () => () => 1,
  'an array': () => ['wrong'],
  'an empty array': () => [],
  'a plain object': () => ({ wrong: 1 }),
  'an empty object': () => ({}),
  'an object that JSON leaves out': () => ({ toJSON: () => undefined }),
  'a Map': () => new Map([['seed', 1]]),
  'a Float32Array': () => new Float32Array(16),
  'an empty Float32Array': () => new Float32Array(0),
  'a view of a SharedArrayBuffer': () => new Float32Array(new SharedArrayBuffer(64)),
  'a Buffer': () => Buffer.alloc(16),
  'an ArrayBuffer': () => new ArrayBuffer(64),
  'a SharedArrayBuffer': () => new SharedArrayBuffer(64),
  'a float64 tensor of one dimension': () => SharedTensor.empty([3], { dtype: 'float64' }),
  'an int8 tensor': () => SharedTensor.empty([2, 8], { dtype: 'int8' }),
  'a tensor without its fields': () => Object.create(SharedTensor.prototype) as unknown,
  'an engine': () => engine,
} as const satisfies Readonly<Record<string, () => unknown>>;

export type WrongObject = keyof typeof WRONG_OBJECTS;

/** A right value for an argument or option, and the wrong objects that happen to be right there too. */
export interface Place {
  readonly right: () => unknown;
  readonly fits: readonly WrongObject[];
}

/** Returns what a call throws, its promise rejects with, or its generator throws first; undefined if it accepts. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    const result = call();
    if (isGenerator(result)) await result.next();
    else await result;
    return undefined;
  } catch (error) {
    return error;
  }
}

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Returns how a refusal breaks the rule: it must be a JumpfillError of two sentences, short enough for a terminal. */
export function faultOf(error: unknown): string | undefined {
  if (error === undefined) return 'is accepted';
  if (!(error instanceof JumpfillError)) return `is not a JumpfillError but ${inspect(error)}`;
  if (!/\. .*\.$/s.test(error.message)) return `does not say what to do: ${error.message}`;
  return error.message.length < 800 ? undefined : `is too long: ${error.message.slice(0, 80)}`;
}
