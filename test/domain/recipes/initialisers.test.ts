/** Each kind has one function, made from the table of kinds: it returns what a spec contains, and refuses at once what no tensor could take. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as initialisers from '../../../src/domain/recipes/initialisers.js';
import {
  constant,
  heNormal,
  normal,
  truncatedNormal,
  wage,
} from '../../../src/domain/recipes/initialisers.js';
import { completeInit, functionOf, INIT_KINDS } from '../../../src/domain/recipes/init.js';

const untyped = (value: unknown): never => value as never;

test('every kind of the table has its function, and no other function exists', () => {
  expect(Object.keys(initialisers).sort()).toEqual(INIT_KINDS.map(functionOf).sort());
});

test('every function has its docs and its type', () => {
  const source = readFileSync('src/domain/recipes/initialisers.ts', 'utf8');
  for (const kind of INIT_KINDS) {
    const declaration = `export const ${functionOf(kind)}: Initialiser<'${kind}'>`;
    const [before = ''] = source.split(declaration);
    expect(before, declaration).not.toBe(source);
    expect(before.trimEnd(), declaration).toMatch(/\*\/$/);
  }
});

test.each(INIT_KINDS)(
  'an argument that is not an object is refused with an example that %s takes',
  (kind) => {
    const make = initialisers[functionOf(kind) as keyof typeof initialisers] as (given: unknown) => {
      kind: string;
    };
    let message = '';
    try {
      make(5);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(`${functionOf(kind)}: the options are 5.`);
    const example = /\(\{ (?<members>.*) \}\)\.$/.exec(message)?.groups?.['members'];
    if (example === undefined) expect(message).toMatch(/ It takes no parameters\.$/);
    else expect(make(JSON.parse(`{${example.replace(/(\w+): /g, '"$1": ')}}`)).kind).toBe(kind);
  },
);

describe('a value', () => {
  test('has the kind and what was given, and nothing that was undefined', () => {
    expect(heNormal()).toEqual({ kind: 'he_normal' });
    expect(constant({ value: 3 })).toEqual({ kind: 'constant', value: 3 });
    expect(Object.keys(normal({ mean: undefined, std: 2 }))).toEqual(['kind', 'std']);
  });

  test('goes through JSON once its infinite bounds are as in a spec', () => {
    expect(truncatedNormal({ low: 1, high: Infinity })).toEqual({
      kind: 'truncated_normal',
      low: 1,
      high: Infinity,
    });
    const written = { kind: 'truncated_normal', low: '-inf', high: 1 } as const;
    expect(completeInit(written)).toMatchObject({ low: -Infinity, high: 1 });
    expect(truncatedNormal(untyped({ low: '-inf' }))).toEqual({ kind: 'truncated_normal', low: '-inf' });
  });
});

describe('is refused where it is made:', () => {
  test.each([
    [
      'an unknown parameter',
      () => normal(untyped({ stddev: 1 })),
      'BAD_OPTION',
      'normal: unknown option "stddev". Did you mean "std"?',
    ],
    [
      'a required one that is missing',
      () => wage(untyped({})),
      'BAD_BITS',
      'wage: bits is missing. Pass a number, as in wage({ bits: 2 }).',
    ],
    [
      'text for a number',
      () => normal(untyped({ std: '1' })),
      'BAD_RANGE',
      'normal: std is "1". std must be a finite number.',
    ],
    [
      'an infinite number that is not a bound',
      () => normal({ std: Infinity }),
      'BAD_RANGE',
      'normal: std is Infinity.',
    ],
    [
      'a NaN for a bound',
      () => truncatedNormal({ low: NaN }),
      'BAD_RANGE',
      'truncatedNormal: low is NaN. low must be a number, and may be infinite.',
    ],
    [
      'an unknown name',
      () => heNormal(untyped({ layout: 'kreas' })),
      'BAD_OPTION',
      'heNormal: layout is "kreas". Did you mean "keras"?',
    ],
    [
      'another flag',
      () => wage(untyped({ bits: 2, codes: 1 })),
      'BAD_OPTION',
      'wage: codes is 1. Pass false, true or "pack-quantized".',
    ],
    [
      'a mode that upstream lacks',
      () => wage(untyped({ bits: 2, mode: 'fan_out' })),
      'NOT_IMPLEMENTED',
      'wage mode "fan_out" is not implemented.',
    ],
  ])('%s', (_, make, code, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});

test('a range is not checked there: it depends on the tensor, and the fill reports it', () => {
  expect(wage({ bits: 0 })).toEqual({ kind: 'wage', bits: 0 });
});
