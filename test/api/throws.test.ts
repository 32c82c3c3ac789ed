/** The docstrings of the API name the codes of its refusals: each code that a call here throws is in its `@throws`. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import {
  Engine,
  packCodes,
  parsePart,
  scaleLimit,
  SharedTensor,
  TorchGenerator,
  toFloat32,
  unpackCodes,
  type JumpfillError,
} from 'jumpfill';
import { errorOf } from '../support/wrong-objects.js';

const engine = new Engine({ threads: 1, seed: 1n });
const closed = new Engine({ threads: 1 });
await closed.close();
afterAll(() => engine.close());

const untyped = (value: unknown): never => value as never;
const tensor = (shape = [4, 4]): SharedTensor => SharedTensor.empty(shape);
const codes = (): SharedTensor<'int8'> => SharedTensor.empty([8], { dtype: 'int8' });
const double = (): never => untyped(SharedTensor.empty([4], { dtype: 'float64' }));
const SPEC = { tensors: [{ name: 'w', shape: [4], init: { kind: 'zeros' } }] };

/** By file and declaration: the code that a docstring must name, and a call that is refused with it. */
const CALLS: readonly (readonly [file: string, declaration: string, code: string, call: () => unknown])[] = [
  ['api/engine.ts', 'constructor(', 'BAD_OPTION', () => new Engine({ threads: 0 })],
  ['api/engine.ts', 'constructor(', 'BAD_SEED', () => new Engine({ seed: -1 })],
  ['api/engine.ts', 'async fill<', 'BAD_SPEC', () => engine.fill(tensor(), untyped({ kind: 'no' }))],
  ['api/engine.ts', 'async fill<', 'BAD_BUFFER', () => engine.fill(untyped([1]), { kind: 'zeros' })],
  ['api/engine.ts', 'async fill<', 'BAD_BITS', () => engine.fill(tensor(), { kind: 'wage', bits: 0 })],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_FACTOR',
    () => engine.fill(tensor(), { kind: 'wage', bits: 2, factor: 0 }),
  ],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_LIMIT',
    () => engine.fill(tensor(), { kind: 'wage', bits: 2, factor: 1e80 }),
  ],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_RANGE',
    () => engine.fill(tensor(), { kind: 'uniform', low: 1, high: 0 }),
  ],
  ['api/engine.ts', 'async fill<', 'BAD_SHAPE', () => engine.fill(tensor([4]), { kind: 'wage', bits: 2 })],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_DTYPE',
    () => engine.fill(tensor(), { kind: 'wage', bits: 2, codes: true }),
  ],
  ['api/engine.ts', 'async fill<', 'BAD_SEED', () => engine.fill(tensor(), { kind: 'zeros' }, { seed: -1 })],
  ['api/engine.ts', 'async fill<', 'BAD_NAME', () => engine.fill(tensor(), { kind: 'zeros' }, { name: '' })],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_OFFSET',
    () => engine.fill(tensor(), { kind: 'zeros' }, { offset: -1 }),
  ],
  [
    'api/engine.ts',
    'async fill<',
    'BAD_OPTION',
    () => engine.fill(tensor(), { kind: 'zeros' }, untyped({ sed: 1 })),
  ],
  ['api/engine.ts', 'async fill<', 'ENGINE_CLOSED', () => closed.fill(tensor(), { kind: 'zeros' })],
  ['api/engine.ts', 'async clip_(', 'BAD_DTYPE', () => engine.clip_(double(), 4)],
  ['api/engine.ts', 'async clip_(', 'BAD_BITS', () => engine.clip_(tensor(), 0)],
  ['api/engine.ts', 'async clip_(', 'ENGINE_CLOSED', () => closed.clip_(tensor(), 4)],
  ['api/engine.ts', 'async quantize_(', 'BAD_LIMIT', () => engine.quantize_(tensor(), 4, { scale: 0 })],
  ['api/engine.ts', 'async quantize_(', 'BAD_OFFSET', () => engine.quantize_(tensor(), 4, { offset: -1 })],
  [
    'api/engine.ts',
    'async shift_(',
    'BAD_OPTION',
    () => engine.shift_(tensor(), untyped({ rounding: 'up' })),
  ],
  [
    'api/engine.ts',
    'async writeCheckpoint(',
    'BAD_SPEC',
    () => engine.writeCheckpoint({}, { out: '/nowhere/x.safetensors' }),
  ],
  [
    'api/engine.ts',
    'async writeCheckpoint(',
    'ENGINE_CLOSED',
    () => closed.writeCheckpoint(SPEC, { out: 'x' }),
  ],
  ['api/engine.ts', 'async planCheckpoint(', 'BAD_SPEC', () => engine.planCheckpoint({})],
  ['api/engine.ts', 'streamCheckpoint(', 'BAD_SPEC', () => engine.streamCheckpoint({})],
  ['api/engine.ts', 'streamCheckpointFiles(', 'BAD_SPEC', () => engine.streamCheckpointFiles({})],
  [
    'api/engine.ts',
    'streamCheckpointFiles(',
    'BAD_OPTION',
    () => engine.streamCheckpointFiles(SPEC, { name: 'a/b' }),
  ],
  ['api/engine.ts', 'streamCheckpointFiles(', 'ENGINE_CLOSED', () => closed.streamCheckpointFiles(SPEC)],
  [
    'api/engine.ts',
    'async verifyCheckpoint(',
    'BAD_CHECKPOINT',
    () => engine.verifyCheckpoint('package.json'),
  ],
  [
    'api/engine.ts',
    'async verifyCheckpoint(',
    'BAD_OPTION',
    () => engine.verifyCheckpoint('x', { sample: 2 }),
  ],
  [
    'api/engine.ts',
    'async inspectCheckpoint(',
    'BAD_CHECKPOINT',
    () => engine.inspectCheckpoint('package.json'),
  ],
  ['api/engine.ts', 'async drawSlice(', 'BAD_NAME', () => engine.drawSlice(SPEC, { name: 'v' })],
  ['api/engine.ts', 'async drawSlice(', 'BAD_OFFSET', () => engine.drawSlice(SPEC, { name: 'w', end: 5 })],
  ['api/engine.ts', 'async drawSlice(', 'BAD_SPEC', () => engine.drawSlice({}, { name: 'w' })],
  ['api/engine.ts', 'async drawSlice(', 'ENGINE_CLOSED', () => closed.drawSlice(SPEC, { name: 'w' })],
  ['api/scale-limit.ts', 'function scaleLimit(', 'BAD_BITS', () => scaleLimit({}, 1, 0)],
  ['api/scale-limit.ts', 'function scaleLimit(', 'BAD_LIMIT', () => scaleLimit({}, 0, 2)],
  ['api/scale-limit.ts', 'function scaleLimit(', 'BAD_OPTION', () => scaleLimit(Object.freeze({}), 1, 2)],
  ['api/parts.ts', 'function parsePart(', 'BAD_OPTION', () => parsePart('3/2')],
  ['api/to-float32.ts', 'function toFloat32(', 'BAD_BUFFER', () => toFloat32(untyped({}))],
  ['api/packing.ts', 'function packCodes(', 'BAD_BITS', () => packCodes(codes(), untyped(3))],
  ['api/packing.ts', 'function packCodes(', 'BAD_DTYPE', () => packCodes(double(), 4)],
  [
    'api/packing.ts',
    'function unpackCodes(',
    'BAD_SHAPE',
    () => {
      unpackCodes(new Int8Array(1), packCodes(codes(), 4), 4);
    },
  ],
  ['api/torch-generator.ts', 'constructor(', 'BAD_SEED', () => new TorchGenerator(1.5)],
  [
    'api/torch-generator.ts',
    'setState(',
    'BAD_BUFFER',
    () => {
      new TorchGenerator(1).setState(new Uint8Array(4));
    },
  ],
];

const docstringOf = (file: string, declaration: string): string => {
  const [before = ''] = readFileSync(`src/${file}`, 'utf8').split(declaration);
  return before.slice(before.lastIndexOf('/**'));
};

test.each(CALLS)(
  '%s: %s is refused with %s, as its docstring says',
  async (file, declaration, code, call) => {
    const error = (await errorOf(call)) as Partial<JumpfillError> | undefined;
    expect(error?.code).toBe(code);
    const docstring = docstringOf(file, declaration);
    // "as fill" and "every code of fill" stand for the codes that fill lists.
    const listed = /(?:as|every code of)[\s*]+fill\b/.test(docstring)
      ? docstring + docstringOf('api/engine.ts', 'async fill<')
      : docstring;
    expect(listed).toContain(code);
  },
);
