/** Rules that leave tensors out, write them by other names or give them other shapes: the same as a spec that lists what is left, as it is. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine } from 'jumpfill';
import { JumpfillError } from '../../../src/base/errors.js';
import type { LikeTensor } from '../../../src/domain/specs/listed-tensors.js';
import { resolveModel } from '../../../src/domain/specs/spec.js';
import { casesOf } from '../../support/thorough.js';

const engine = new Engine({ threads: 1, seed: 7 });
afterAll(() => engine.close());

const zeros = { kind: 'zeros' };
const normal = { kind: 'normal', std: 0.02 };
const list = (...names: string[]): { name: string; shape: number[] }[] =>
  names.map((name) => ({ name, shape: [2, 3] }));
const likes = (...names: string[]): LikeTensor[] =>
  names.map((name) => ({ name, shape: [2, 3], dtype: 'BF16' }));

/** The file that a spec makes. */
async function fileOf(spec: unknown): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of engine.streamCheckpoint(spec)) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

function refusal(spec: unknown, like?: readonly LikeTensor[]): JumpfillError {
  try {
    resolveModel(spec, like);
  } catch (error) {
    if (error instanceof JumpfillError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

const namesOf = (spec: unknown, like?: readonly LikeTensor[]): string[] =>
  resolveModel(spec, like).tensors.map(({ name }) => name);

/** Patterns, and what they capture of a name of these tests, by JavaScript's own means. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  '*': /^(.*)$/,
  'a.*': /^a\.(.*)$/,
  '*.bias': /^(.*)\.bias$/,
  '?.weight': /^.\.weight$/,
  're:([ab])\\.(.*)': /^([ab])\.(.*)$/,
  'c.weight': /^c\.weight$/,
};

const RENAMES = ['$0', 'model.$0', 'm$$.$0', '$0.w'];

const anyRule = fc.oneof(
  fc.record({ match: fc.constantFrom(...Object.keys(PATTERNS)), skip: fc.constant(true) }),
  fc.record(
    {
      match: fc.constantFrom(...Object.keys(PATTERNS)),
      rename: fc.constantFrom(...RENAMES),
      init: fc.constantFrom(zeros, normal),
      dtype: fc.constantFrom('float16', 'float32'),
    },
    { requiredKeys: ['match', 'rename'] },
  ),
  fc.record(
    {
      match: fc.constantFrom(...Object.keys(PATTERNS)),
      rename: fc.constantFrom(...RENAMES),
      shape: fc.constantFrom([7], [5, 4], [2, 0, 3]),
      init: fc.constantFrom(zeros, normal),
    },
    { requiredKeys: ['match', 'shape', 'init'] },
  ),
);

const NAMES = ['a.weight', 'a.bias', 'b.weight', 'b.bias', 'c.weight'];

interface Rule {
  readonly match: string;
  readonly skip?: true;
  readonly rename?: string;
  readonly shape?: readonly number[];
  readonly init?: object;
  readonly dtype?: string;
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly same_as?: string;
}

const anySpec = fc
  .record({
    generator: fc.constantFrom('xoroshiro128+', 'torch'),
    rules: fc.array(anyRule, { maxLength: 3 }),
    names: fc.shuffledSubarray(NAMES, { minLength: 1 }),
    tied: fc.boolean(),
  })
  .map(({ generator, rules, names: [first = '', ...others], tied }) => ({
    generator,
    default: { init: { kind: 'uniform', low: -1, high: 1 } },
    rules: rules,
    tensors: [
      { name: first, shape: [3, 5] },
      ...others.map((name, i) => ({ name, shape: [2 + i, 3] })),
      ...(tied ? [{ name: 'tied.weight', shape: [3, 5], same_as: first }] : []),
    ] as readonly Tensor[],
  }));

/** What a person would list; undefined where a tie has lost its tensor or its shape, or nothing is left. */
function writeByHand({
  rules,
  tensors,
  ...rest
}: typeof anySpec extends fc.Arbitrary<infer T> ? T : never): unknown {
  const ruleOf = (name: string): Rule | undefined => rules.find(({ match }) => PATTERNS[match]?.test(name));
  const finalName = (name: string): string =>
    (ruleOf(name)?.rename ?? '$0').replace(/\$[0$]/g, (token) => (token === '$$' ? '$' : name));
  const left = tensors.filter(({ name }) => ruleOf(name)?.skip !== true);
  const names = left.map(({ name }) => name);
  if (left.length === 0 || left.some(({ same_as: other }) => other !== undefined && !names.includes(other)))
    return undefined;
  const shapes = new Map(left.map(({ name, shape }) => [name, ruleOf(name)?.shape ?? shape]));
  if (left.some(({ name, same_as: other }) => String(shapes.get(name)) !== String(shapes.get(other ?? name))))
    return undefined;
  return {
    ...rest,
    tensors: left.map(({ name, same_as: other }) => {
      const { init, dtype } = ruleOf(name) ?? {};
      const own = other === undefined ? { init, dtype } : { same_as: finalName(other) };
      return { shape: shapes.get(name), name: finalName(name), ...own };
    }),
  };
}

describe('a spec with skip, rename and shape', () => {
  test('makes the file of the spec that lists what is left by its final names', async () => {
    const law = fc.asyncProperty(anySpec, async (spec) => {
      const byHand = writeByHand(spec);
      if (byHand === undefined) expect(refusal(spec).code).toBe('BAD_SPEC');
      else expect(await fileOf(spec)).toEqual(await fileOf(byHand));
    });
    await fc.assert(law, { numRuns: casesOf({ few: 60, all: 1000 }) });
  });

  test('keeps the values of the old names where `stream` says them', async () => {
    const tensors = list('a', 'b').map((tensor) => ({ ...tensor, stream: tensor.name }));
    const spec = { default: { init: normal }, tensors };
    const renamed = { ...spec, rules: [{ match: '*', rename: 'model.$1' }] };
    const [before, after] = [await fileOf(spec), await fileOf(renamed)];
    expect(after.subarray(-48)).toEqual(before.subarray(-48));
    const without = { default: { init: normal }, tensors: list('a', 'b'), rules: renamed.rules };
    expect((await fileOf(without)).subarray(-48)).not.toEqual(before.subarray(-48));
  });

  test('takes names and shapes from another checkpoint as from a list', () => {
    const rules = [
      { match: 'lm_head.*', skip: true },
      { match: '*', rename: 'model.$1', init: zeros },
    ];
    const like = likes('embed.weight', 'lm_head.weight');
    expect(namesOf({ rules }, like)).toEqual(['model.embed.weight']);
    expect(resolveModel({ rules }, like).tensors).toMatchObject([
      { name: 'model.embed.weight', listedName: 'embed.weight', dtype: 'bfloat16' },
    ]);
  });

  test('renames a tie and what it is tied to, and finds it by the listed name', () => {
    const tensors = [...list('a', 'x'), { name: 'b', shape: [2, 3], same_as: 'a' }];
    const rules = [{ match: 're:([ab])', rename: 'm.$1', init: normal }];
    const spec = { rules, default: { init: zeros }, tensors };
    expect(resolveModel(spec).tensors).toMatchObject([
      { name: 'm.a' },
      { name: 'x' },
      { name: 'm.b', sameAs: 'm.a', listedName: 'b' },
    ]);
    expect(resolveModel(spec).warnings).toEqual([]);
  });

  test('takes fans from tensors by their listed names, also of those that are left out', () => {
    const bias = { kind: 'uniform', low: -1, high: { of: 1, by: { fan_of: '$1.weight' }, power: -0.5 } };
    const spec = {
      rules: [
        { match: '*.weight', skip: true },
        { match: '*.bias', rename: 'model.$0', init: bias },
      ],
      tensors: [{ name: 'fc.weight', shape: [10, 16] }, ...list('fc.bias')],
    };
    const [tensor] = resolveModel(spec).tensors;
    expect(tensor).toMatchObject({ name: 'model.fc.bias', recipe: { init: { high: 0.25 } } });
  });

  test('renames a layer whose codes are packed: its three tensors, and their stream', () => {
    const init = { kind: 'wage', bits: 4, codes: 'pack-quantized' };
    const rules = [{ match: '*', rename: 'm.$1', init }];
    const { tensors } = resolveModel({ rules, tensors: [{ name: 'fc', shape: [8, 16] }] });
    expect(tensors.map(({ name, listedName }) => [name, listedName])).toEqual([
      ['m.fc_packed', 'fc_packed'],
      ['m.fc_scale', 'fc_scale'],
      ['m.fc_shape', 'fc_shape'],
    ]);
    expect(tensors[0]?.stream).toBe('m.fc');
  });

  test('is sliced by the names that are written, and says so of the others', async () => {
    const rules = [
      { match: 'b', skip: true },
      { match: 'a', rename: 'c' },
    ];
    const spec = { default: { init: normal }, rules, tensors: list('b', 'a', 'd') };
    const byHand = { default: { init: normal }, tensors: list('c', 'd') };
    for (const name of ['c', 'd'])
      expect((await engine.drawSlice(spec, { name })).data).toEqual(
        (await engine.drawSlice(byHand, { name })).data,
      );
    await expect(engine.drawSlice(spec, { name: 'a' })).rejects.toThrow(
      'The spec writes "a" by another name. A rule renames it: ask for "c".',
    );
    await expect(engine.drawSlice(spec, { name: 'b' })).rejects.toThrow('The spec has no tensor "b".');
  });

  test("takes no words of torch's sequence for what is left out, and forgets where that began", () => {
    const tensors = [
      { name: 'a', shape: [20], first_word: 1000 },
      { name: 'b', shape: [20] },
    ];
    const spec = {
      generator: 'torch',
      default: { init: normal },
      rules: [{ match: 'a', skip: true }],
      tensors,
    };
    const { tensors: left } = resolveModel(spec);
    expect(left.map(({ name, origin }) => [name, origin])).toEqual([['b', undefined]]);
  });
});

describe('a shape of a rule', () => {
  const head = { match: 'head.*', shape: [5, 3], init: normal };

  test("takes the place of another checkpoint's, whose dtype stays, and of none that is kept", () => {
    const spec = { default: { init: { kind: 'keep' } }, rules: [head] };
    expect(resolveModel(spec, likes('body.weight', 'head.weight')).tensors).toMatchObject([
      { name: 'body.weight', shape: [2, 3], recipe: { kind: 'kept' } },
      { name: 'head.weight', shape: [5, 3], elementCount: 15, dtype: 'bfloat16' },
    ]);
  });

  test('is what others take fans from', () => {
    const bias = { kind: 'uniform', low: -1, high: { of: 1, by: { fan_of: 'fc.weight' }, power: -0.5 } };
    const rules = [
      { match: 'fc.weight', shape: [10, 16], init: normal },
      { match: 'fc.bias', init: bias },
    ];
    const [, tensor] = resolveModel({ rules, tensors: list('fc.weight', 'fc.bias') }).tensors;
    expect(tensor).toMatchObject({ recipe: { init: { high: 0.25 } } });
  });

  test('of a layer whose codes are packed is that of its weights', () => {
    const init = { kind: 'wage', bits: 4, codes: 'pack-quantized' };
    const rules = [{ match: '*', shape: [8, 16], init }];
    const packed = resolveModel({ rules, tensors: list('fc') }).tensors;
    const byHand = resolveModel({ rules: [{ match: '*', init }], tensors: [{ name: 'fc', shape: [8, 16] }] });
    expect(packed).toEqual(byHand.tensors);
  });

  test('is that of both tied tensors, or is refused with its path', () => {
    const tensors = [...list('head.weight'), { name: 'tied', shape: [2, 3], same_as: 'head.weight' }];
    const both = resolveModel({ rules: [{ ...head, match: '*' }], tensors }).tensors;
    expect(both.map(({ shape }) => shape)).toEqual([
      [5, 3],
      [5, 3],
    ]);
    expect(refusal({ rules: [head], tensors }).message).toContain(
      'tensors[1].shape is [2,3], and "head.weight" has [5,3]. Tied tensors have one shape: a rule that gives another matches both.',
    );
    const other = [{ ...head, match: 'tied' }];
    expect(refusal({ rules: other, default: { init: zeros }, tensors }).message).toContain(
      'rules[0].shape is [5,3], and "head.weight" has [2,3].',
    );
  });

  test('is refused for a tensor that keeps its bytes by itself', () => {
    const tensors = [{ name: 'head.weight', shape: [2, 3], init: { kind: 'keep' } }];
    expect(refusal({ rules: [head], tensors }, likes('head.weight')).message).toContain(
      'rules[0].shape is [5,3], and tensors[0].init keeps the tensor. A kept tensor keeps its shape',
    );
  });
});

describe('a default dtype beside another checkpoint', () => {
  const warnings = (spec: object): readonly string[] => resolveModel(spec, likes('a', 'b')).warnings;
  const half = { dtype: 'float16', init: zeros };

  test('is warned of once where no tensor takes it, with the rule to write', () => {
    expect(warnings({ default: half })).toEqual([
      'default.dtype, "float16", has no effect: with `like`, tensors have the dtype of the checkpoint, or a rule\'s. Write { "match": "*", "dtype": "float16" } as the last rule, and "dtype": "float16" in those before it.',
    ]);
    expect(warnings({ default: { ...half, init: { kind: 'keep' } } })).toEqual([
      expect.stringContaining(
        'Write "dtype": "float16" in the rules that draw: what is kept keeps its dtype.',
      ),
    ]);
  });

  test('is not warned of where a tensor takes it, or all have it', () => {
    expect(warnings({ default: { dtype: 'bfloat16', init: zeros } })).toEqual([]);
    expect(warnings({ default: half, rules: [{ match: '*', dtype: 'float16' }] })).toEqual([]);
    const tensors = [...list('new'), { name: 'a', shape: [2, 3], init: { kind: 'keep' } }];
    expect(warnings({ default: half, tensors })).toEqual([]);
    expect(resolveModel({ default: half, tensors: list('a') }).warnings).toEqual([]);
  });
});

test('a rule that leaves out or renames is used, also if all of its tensors are tied', () => {
  const tensors = [
    ...list('a'),
    { name: 'b', shape: [2, 3], same_as: 'a' },
    { name: 'c', shape: [2, 3], same_as: 'a' },
  ];
  const rules = [
    { match: 'b', skip: true },
    { match: 'c', rename: 'd' },
    { match: 'a', init: zeros },
    { match: 'x', skip: true },
  ];
  expect(resolveModel({ rules, tensors }).unusedRules).toEqual([3]);
});

describe('is refused:', () => {
  const tensors = list('a.weight', 'a.bias', 'b.weight');
  const refused: readonly [what: string, rules: readonly object[], code: string, message: string][] = [
    [
      'skip false',
      [{ match: '*', skip: false, init: zeros }],
      'BAD_SPEC',
      'rules[0].skip is false. Write true to leave tensors out',
    ],
    [
      'skip beside init',
      [{ match: '*', skip: true, init: zeros }],
      'BAD_SPEC',
      'rules[0] has skip and init. A tensor that is left out takes nothing',
    ],
    [
      'skip beside dtype',
      [{ match: '*', skip: true, dtype: 'float16' }],
      'BAD_SPEC',
      'rules[0] has skip and dtype.',
    ],
    [
      'skip beside rename',
      [{ match: '*', skip: true, rename: 'x' }],
      'BAD_SPEC',
      'rules[0] has skip and rename.',
    ],
    [
      'skip beside shape',
      [{ match: '*', skip: true, shape: [2] }],
      'BAD_SPEC',
      'rules[0] has skip and shape.',
    ],
    [
      'a shape alone',
      [{ match: '*', shape: [5, 64] }],
      'BAD_SPEC',
      'rules[0] has shape [5,64] and no init. Tensors of another shape are drawn anew: say how beside it',
    ],
    [
      'a shape beside keep',
      [{ match: 'x', shape: [5, 64], init: { kind: 'keep' } }],
      'BAD_SPEC',
      'rules[0] has shape [5,64] and an init that keeps.',
    ],
    [
      'an invalid shape',
      [{ match: '*', shape: '5x64', init: zeros }],
      'BAD_SPEC',
      'rules[0].shape is "5x64". A shape is an array of dimensions: [5, 64].',
    ],
    [
      'a shape that no tensor can have, of a rule that none takes',
      [{ match: 'x', shape: [-1], init: zeros }],
      'BAD_SHAPE',
      'rules[0].shape: dimension 0 is -1.',
    ],
    [
      'a mistyped key',
      [{ match: '*', exclude: true }],
      'BAD_SPEC',
      'rules[0].exclude is an unknown key. Did you mean "skip"?',
    ],
    [
      'a rename that is no text',
      [{ match: '*', rename: 7 }],
      'BAD_SPEC',
      'rules[0].rename is 7. Write the new name',
    ],
    ['a rename without a name', [{ match: '*', rename: '' }], 'BAD_SPEC', 'rules[0].rename is "".'],
    [
      'a rename longer than a name that is written',
      [{ match: '*', rename: 'x'.repeat(2 ** 16 + 1) }],
      'BAD_SPEC',
      'rules[0].rename has 65537 characters. It may have 65536.',
    ],
    [
      'a group that the pattern does not have',
      [{ match: '*.weight', rename: '$2' }],
      'BAD_SPEC',
      'rules[0].rename: Tensor "a.weight": the pattern "*.weight" captures no group 2 of the name.',
    ],
    [
      'a group that took no part',
      [{ match: 're:(x)?a.weight', rename: '$1' }],
      'BAD_SPEC',
      'rules[0].rename: Tensor "a.weight": the pattern "re:(x)?a.weight" captures no group 1',
    ],
    [
      'an empty name',
      [{ match: 'a.weight*', rename: '$1' }],
      'BAD_NAME',
      'rules[0].rename: A tensor\'s name is "".',
    ],
    [
      'a reserved name',
      [{ match: 'a.weight', rename: '__metadata__' }],
      'BAD_NAME',
      'rules[0].rename: A tensor\'s name is "__metadata__", which is reserved.',
    ],
    [
      'two tensors of one name by one rule',
      [{ match: '*.weight', rename: 'w' }],
      'BAD_NAME',
      'tensors[0] ("a.weight", by rules[0].rename) and tensors[2] ("b.weight", by rules[0].rename) would both be written as "w".',
    ],
    [
      'the name of a tensor that keeps it',
      [{ match: 'b.*', rename: 'a.$1' }],
      'BAD_NAME',
      'tensors[0] ("a.weight") and tensors[2] ("b.weight", by rules[0].rename) would both be written as "a.weight".',
    ],
    ['nothing that is left', [{ match: '*', skip: true }], 'BAD_SPEC', 'The rules leave out all 3 tensors.'],
  ];
  test.each(refused)('%s', (_, rules, code, message) => {
    const error = refusal({ default: { init: zeros }, rules, tensors });
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  test('a name that a rule would make too long, before it is made', () => {
    const name = 'n'.repeat(1e6);
    const rules = [{ match: '*', rename: '$0'.repeat(500), init: zeros }];
    const error = refusal({ rules, tensors: [{ name, shape: [1] }] });
    expect([error.code, error.message]).toEqual([
      'BAD_NAME',
      'rules[0].rename: A name of 1000000 characters could become one of more than 65536. Refer to fewer captures.',
    ]);
    const same = { rules: [{ match: '*', init: zeros }], tensors: [{ name, shape: [1] }] };
    expect(namesOf(same)).toEqual([name]);
  });

  test('a tie to a tensor that is left out', () => {
    const tied = [...list('a'), { name: 'b', shape: [2, 3], same_as: 'a' }];
    const error = refusal({ rules: [{ match: 'a', skip: true }], tensors: tied });
    expect([error.code, error.message]).toEqual([
      'BAD_SPEC',
      'tensors[1].same_as is "a", which rules[0] leaves out. Leave out "b" as well, or neither of them.',
    ]);
    const both = { default: { init: zeros }, rules: [{ match: '[ab]', skip: true }], tensors: tied };
    expect(
      namesOf({ ...both, rules: [{ match: 're:[ab]', skip: true }], tensors: [...tied, ...list('c')] }),
    ).toEqual(['c']);
  });

  test('what belongs to a rule, in a tensor or the default', () => {
    const known = 'It belongs to a rule. Known: ';
    expect(refusal({ tensors: [{ name: 'a', shape: [1], skip: true }] }).message).toContain(
      `tensors[0].skip is an unknown key. ${known}`,
    );
    expect(refusal({ default: { rename: 'x' }, tensors: [] }).message).toContain(
      `default.rename is an unknown key. ${known}`,
    );
  });

  test('a tie by a name that only the written tensors have', () => {
    const tied = [...list('a'), { name: 'b', shape: [2, 3], same_as: 'm.a' }];
    const spec = { default: { init: zeros }, rules: [{ match: 'a', rename: 'm.a' }], tensors: tied };
    expect(refusal(spec).message).toContain('tensors[1].same_as is "m.a".');
  });

  test('a shape that none can have, of a tensor that is left out', () => {
    const spec = {
      default: { init: zeros },
      rules: [{ match: 'a', skip: true }],
      tensors: [{ name: 'a', shape: [-1] }, ...list('b')],
    };
    expect(refusal(spec)).toMatchObject({ code: 'BAD_SHAPE' });
  });
});
