/** What `init: 'auto'` draws for each tensor is what transformers drew for it: test/vectors/architectures.json. */
import { readFileSync } from 'node:fs';
import { drawSlice } from 'jumpfill';
import { describe, expect, test } from 'vitest';
import { autoRules } from '../../../src/domain/architectures/auto-rules.js';
import { defaultsOf } from '../../../src/domain/architectures/defaults.js';
import { ARCHITECTURES, findArchitecture } from '../../../src/domain/architectures/table.js';
import type { InitInput } from '../../../src/domain/recipes/init.js';
import type { LikeTensor } from '../../../src/domain/specs/listed-tensors.js';
import { resolveModel, type ModelTensor } from '../../../src/domain/specs/spec.js';
import { expectedDistributionOf } from '../../../src/domain/statistics/expected-distribution.js';

/** The same in every draw, or moments and outermost values of what was drawn. */
type Measured =
  | { readonly value: number | boolean }
  | { readonly values: readonly number[] }
  | {
      readonly mean: number;
      readonly std: number;
      readonly min: number;
      readonly max: number;
      readonly n: number;
      readonly zero_rows?: readonly number[];
    };

type Row = readonly [names: readonly string[], shape: readonly number[], dtype: string, what: Measured];

interface Vectors {
  readonly defaults: Readonly<Record<string, readonly [std: number | null, pad: number | null]>>;
  readonly architectures: Readonly<
    Record<string, { readonly config: object; readonly tensors: readonly Row[] }>
  >;
}

const { architectures, defaults } = JSON.parse(
  readFileSync('test/vectors/architectures.json', 'utf8'),
) as Vectors;

const STORED = { float32: 'F32', int64: 'I64', bool: 'BOOL' } as const;

/** `layers.{0,1}.bias` is two names. */
function unfold(name: string): readonly string[] {
  const [, before, numbers, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return numbers === undefined ? [name] : numbers.split(',').map((number) => `${before}${number}${after}`);
}

const listed = (type: string): readonly (LikeTensor & { readonly what: Measured })[] =>
  (architectures[type]?.tensors ?? []).flatMap(([names, shape, dtype, what]) =>
    names.flatMap(unfold).map((name) => ({ name, shape, dtype: STORED[dtype as keyof typeof STORED], what })),
  );

/** By a formula that no initialiser has; a note says so. */
const UNLIKE = /embed_positions\.weight$|_decay$|slope_rate$|time_mix_|time_decay$|recurrent_param$/;

/** The chance that a right law is refused is below 1e-8 for each tensor: six standard errors. */
const ERRORS = 6;
/** At most, of uniforms, normals and truncated normals; of logarithms of uniforms. */
const KURTOSIS = { plain: 3, mapped: 9 } as const;

/** A correct normal of 4,000 values has none beyond with probability 1e-9; uniforms and truncated normals never have one. */
const NORMAL_REACH = 2.8;

async function check(tensor: ModelTensor, what: Measured): Promise<void> {
  const { name, shape, dtype, recipe } = tensor;
  const init = recipe.init as InitInput;
  if ('values' in what) {
    const end = what.values.length;
    const drawn = await drawSlice(
      { tensors: [{ name, shape, dtype, init }] },
      { name, start: 0, end, seed: 1 },
    );
    for (const [i, value] of Array.from(drawn.data as ArrayLike<number | bigint>).entries())
      expect(Number(value)).toBeCloseTo(what.values[i] ?? NaN, 5);
    return;
  }
  const expected = expectedDistributionOf(recipe, { name, shape, dtype });
  if (expected === undefined) throw new Error(`${name}: no expected distribution`);
  if ('value' in what) {
    const value = Math.fround(Number(what.value));
    expect([expected.lowest, expected.highest].map(Math.fround)).toEqual([value, value]);
    return;
  }
  checkDrawn(init, expected, what);
}

type Drawn = Extract<Measured, { readonly n: number }>;

function checkDrawn(
  init: InitInput,
  expected: {
    readonly mean: number;
    readonly std: number;
    readonly lowest: number;
    readonly highest: number;
  },
  { mean, std, min, max, n, zero_rows: zeroRows }: Drawn,
): void {
  expect(init.zero_rows).toEqual(zeroRows);
  const isNormal = init.kind === 'normal';
  const width = isNormal && typeof init.std === 'number' ? init.std : expected.std;
  const kurtosis = 'map' in init && init.map !== undefined ? KURTOSIS.mapped : KURTOSIS.plain;
  expect(Math.abs(std / width - 1)).toBeLessThan(ERRORS * Math.sqrt((kurtosis - 1) / (4 * n)) + 1e-4);
  expect(Math.abs(mean - expected.mean)).toBeLessThan(
    (ERRORS * width) / Math.sqrt(n) + 1e-4 * Math.abs(mean),
  );
  if (init.kind === 'orthogonal') return;
  const reach = Math.max(max - mean, mean - min) / std;
  if (isNormal) expect(reach).toBeGreaterThan(NORMAL_REACH);
  else {
    expect(min).toBeGreaterThanOrEqual(expected.lowest - 1e-4 * width);
    expect(max).toBeLessThanOrEqual(expected.highest + 1e-4 * width);
    if (init.kind === 'uniform' && kurtosis === KURTOSIS.plain) expect(reach).toBeLessThan(NORMAL_REACH);
  }
}

describe.each(Object.keys(architectures))('%s', (type) => {
  const tensors = listed(type);
  const { rules, ruleOf, notes } = autoRules(architectures[type]?.config, tensors);

  test('every tensor has the law that transformers draws it from', async () => {
    const model = resolveModel({ rules }, tensors);
    expect(model.warnings).toEqual([]);
    for (const [i, tensor] of model.tensors.entries()) {
      const { name, what } = tensors[i] ?? { name: '', what: { value: NaN } };
      expect(tensor.name).toBe(name);
      if (!('value' in what) && UNLIKE.test(name) && notes.length > 0) continue;
      await check(tensor, what);
    }
  });

  test('the first rule that matches a tensor is the one that was written for it', () => {
    const ruled = tensors.map(({ name }) => resolveFirst(rules, name));
    expect(ruled).toEqual(ruleOf);
  });
});

/** By the rules of a spec, one tensor at a time. */
function resolveFirst(rules: readonly { readonly match: string }[], name: string): number {
  const numbered = rules.map(({ match }, i) => ({ match, init: { kind: 'constant', value: i } }));
  const { tensors } = resolveModel({ rules: numbered, tensors: [{ name, shape: [1] }] });
  const init = tensors[0]?.recipe.init;
  return init?.kind === 'constant' ? Number(init.value) : NaN;
}

describe('the table', () => {
  const types = ARCHITECTURES.flatMap((architecture) => architecture.types);

  test('has each architecture once, and vectors for each that is a whole model', () => {
    expect(new Set(types).size).toBe(types.length);
    // Parts of models, which are in the vectors of the whole.
    const parts = Object.keys(defaults).filter((type) => architectures[type] === undefined);
    expect(types.filter((type) => architectures[type] === undefined).sort()).toEqual(parts.sort());
    expect(Object.keys(architectures).filter((type) => findArchitecture(type) === undefined)).toEqual([]);
    expect(Object.keys(architectures).length).toBeGreaterThan(120);
  });

  test.each(types)('what a config of %s leaves out is what its class has', (type) => {
    const [std, pad] = defaults[type] ?? [null, null];
    const { padded } = findArchitecture(type) ?? {};
    expect(defaultsOf(type).std ?? 0.02).toBe(std ?? 0.02);
    if (padded !== undefined) expect(defaultsOf(type).pad).toBe(pad ?? undefined);
  });
});
