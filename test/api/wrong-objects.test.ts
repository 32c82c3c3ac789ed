/** Every function, method and option of the package refuses objects of the wrong kind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as jumpfill from 'jumpfill';
import { Engine, SharedTensor, TorchGenerator, type Checkpoint, type JumpfillError } from 'jumpfill';
import {
  CHECKPOINT,
  engine,
  ENGINE_OPTIONS,
  FUNCTIONS,
  METHODS,
  right,
  SPEC,
  STATICS,
  TORCH_GENERATOR,
  TORCH_SEED,
  type Signature,
} from '../support/signatures.js';
import { errorOf, faultOf, WRONG_OBJECTS, type Place } from '../support/wrong-objects.js';

let checkpoint: Checkpoint;

beforeAll(async () => {
  right.path = join(mkdtempSync(join(tmpdir(), 'jumpfill-test-')), 'right.safetensors');
  await engine.writeCheckpoint(SPEC, { out: right.path });
  writeFileSync(join(dirname(right.path), 'config.json'), '{}');
  checkpoint = await jumpfill.openCheckpoint(right.path);
});
afterAll(async () => {
  await engine.close();
  rmSync(dirname(right.path), { recursive: true });
});

/** Errors are made by the package, not by its users. */
const NOT_CALLED = ['InitError', 'JumpfillError', 'NotImplementedError', 'ValueError'];
/** Without arguments, and tested where it belongs. */
const WITHOUT_ARGUMENTS = ['close'];
function methodsOf(prototype: object): string[] {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const inherited = parent === null || parent === Object.prototype ? [] : methodsOf(parent);
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([key, { value }]) => key !== 'constructor' && typeof value === 'function')
    .map(([key]) => key);
  return [...inherited, ...own];
}

test('every function of the package, and every method of the objects that it returns, has a signature here', () => {
  const exported = Object.keys(jumpfill).filter((key) => !NOT_CALLED.includes(key));
  expect(exported.sort()).toEqual(
    [...Object.keys(FUNCTIONS), 'Engine', 'SharedTensor', 'TorchGenerator'].sort(),
  );
  const methods = methodsOf(Engine.prototype).filter((key) => !WITHOUT_ARGUMENTS.includes(key));
  expect(methods.sort()).toEqual(Object.keys(METHODS).sort());
  expect(methodsOf(Object.getPrototypeOf(checkpoint) as object).sort()).toEqual(
    Object.keys(CHECKPOINT).sort(),
  );
  const statics = Object.getOwnPropertyNames(SharedTensor).filter(
    (key) => typeof SharedTensor[key as never] === 'function',
  );
  expect(statics.sort()).toEqual(Object.keys(STATICS).sort());
  expect(methodsOf(SharedTensor.prototype)).toEqual(['clone']);
  expect(methodsOf(TorchGenerator.prototype).sort()).toEqual(Object.keys(TORCH_GENERATOR).sort());
});

type Call = (...given: readonly unknown[]) => unknown;
type Row = readonly [title: string, signature: Signature, call: Call];

/** As JavaScript calls it, past the types. */
const calling =
  (owner: () => object, key: string): Call =>
  (...given) => {
    const target = owner();
    return (Reflect.get(target, key) as Call).call(target, ...given);
  };

const rowsOf = (
  title: string,
  signatures: Readonly<Record<string, Signature>>,
  owner: () => object,
): readonly Row[] =>
  Object.entries(signatures).map(([key, signature]): Row => [
    `${title}${key}`,
    signature,
    calling(owner, key),
  ]);

const rows: readonly Row[] = [
  ...rowsOf('', FUNCTIONS, () => jumpfill),
  ...rowsOf('engine.', METHODS, () => engine),
  ...rowsOf('SharedTensor.', STATICS, () => SharedTensor),
  ...rowsOf('checkpoint.', CHECKPOINT, () => checkpoint),
  ...rowsOf('generator.', TORCH_GENERATOR, () => new TorchGenerator(1)),
  ['new TorchGenerator', TORCH_SEED, (seed) => new TorchGenerator(seed as never)],
  ['new Engine', { arguments: [], options: ENGINE_OPTIONS }, (options) => new Engine(options as never)],
];

/** Right arguments, with the required options. */
function rightOf({ arguments: places, options = {}, needs = [] }: Signature): unknown[] {
  const given = places.map((at) => at.right());
  return [
    ...given,
    ...(needs.length > 0 ? [Object.fromEntries(needs.map((key) => [key, options[key]?.right()]))] : []),
  ];
}

/** Every call with one wrong object in it. */
function* wrongCalls(signature: Signature): Generator<readonly [where: string, given: unknown[]]> {
  const { arguments: places, options, apart, needs = [] } = signature;
  for (const [kind, make] of Object.entries(WRONG_OBJECTS)) {
    const fits = ({ fits: fitting }: Place): boolean => (fitting as readonly string[]).includes(kind);
    for (const [i, at] of places.entries()) {
      if (!fits(at)) yield [`argument ${i} is ${kind}`, Object.assign(rightOf(signature), { [i]: make() })];
    }
    if (options === undefined) continue;
    const areOptions = kind === 'an empty object' || kind === 'undefined';
    if (!areOptions || needs.length > 0) {
      yield [`the options are ${kind}`, Object.assign(rightOf(signature), { [places.length]: make() })];
    }
    for (const [key, at] of Object.entries({ ...options, ...apart })) {
      if (fits(at)) continue;
      const given = rightOf(signature);
      given[places.length] = { ...(given[places.length] as object | undefined), [key]: make() };
      yield [`option ${key} is ${kind}`, given];
    }
  }
}

describe('refuses every wrong object, in every place', () => {
  test.each(rows)('%s', async (_, signature, call) => {
    const faults: string[] = [];
    for (const [where, given] of wrongCalls(signature)) {
      const fault = faultOf(await errorOf(() => call(...given)));
      if (fault !== undefined) faults.push(`${where}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});

/** Its folder holds no shards, which it notices only after it has accepted its options. */
const BEYOND_OPTIONS = {
  mergeCheckpoint: 'BAD_CHECKPOINT',
  'engine.mergeCheckpoint': 'BAD_CHECKPOINT',
} as const;

describe('accepts right values, without options and with all of them, so that a refusal is about the wrong one', () => {
  test.each(rows)('%s', async (title, signature, call) => {
    const { options, apart = {}, arguments: places, needs = [] } = signature;
    const all = Object.entries(options ?? {}).map(([key, at]): [string, unknown] => [key, at.right()]);
    const last: unknown = Object.fromEntries(all);
    const given = [...places.map((at) => at.right()), ...(options ? [last] : [])];
    const beside = Object.entries(apart).map(([key, at]) => {
      const needed = needs.map((need): [string, unknown] => [need, options?.[need]?.right()]);
      return [...places.map((place) => place.right()), Object.fromEntries([...needed, [key, at.right()]])];
    });
    for (const arguments_ of [rightOf(signature), given, ...beside]) {
      const error = await errorOf(() => call(...arguments_));
      expect((error as Partial<JumpfillError> | undefined)?.code).toBe(
        BEYOND_OPTIONS[title as keyof typeof BEYOND_OPTIONS],
      );
      if (!(title in BEYOND_OPTIONS)) expect(error).toBeUndefined();
    }
  });
});

test('a tensor cannot be made with new, with any arguments', () => {
  for (const make of Object.values(WRONG_OBJECTS)) {
    const call = (): unknown => Reflect.construct(SharedTensor, [make(), 0, [4, 4], 'float32']);
    expect(call).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }) as Error);
  }
});
