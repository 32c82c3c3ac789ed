/**
 * Scaled numbers: a width that follows from the depth or the width of a model, `{ "of": 0.02, "by": 24, "power": -0.5 }` for 0.02 / √24.
 * They are resolved to doubles before anything else sees an initialiser, so metadata and slices have plain numbers.
 *
 * A negative power divides by the power of the opposite sign, as 0.02 / math.sqrt(24) does in Python: the same double.
 * @module
 */
import { isExponent, LARGEST_EXPONENT } from '../arithmetic/powers.js';
import { ValueError, type JumpfillErrorCode } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';
import { show, suggest } from '../../base/wording.js';

/** of × by^power. */
export interface ScaledNumber {
  readonly of: number | ScaledNumber;
  readonly by: ScaleBase;
  /** A multiple of 1/16 from -16 to 16. */
  readonly power: number;
}

/** A number as it is, or (dimension, capture or fan-in + plus) × times. */
export type ScaleBase =
  | number
  | (ScaleShift & { /** Of the shape; negative ones count from the end. */ readonly dim: number })
  | (ScaleShift & {
      /** A number in the tensor's name: a group of the rule's pattern, from 1. */ readonly capture: number;
    })
  | (ScaleShift & { /** The tensor whose fan-in it is, in torch's layout. */ readonly fan_of: string });

/** What is added to a base before it is multiplied. */
export interface ScaleShift {
  /** @defaultValue 0 */
  readonly plus?: number | undefined;
  /** @defaultValue 1 */
  readonly times?: number | undefined;
}

const KEYS = ['of', 'by', 'power'] as const;
const BASES = ['dim', 'capture', 'fan_of'] as const;
const SHIFTS = ['plus', 'times'] as const;

/** Two factors, a width's and a depth's, are common; more are not. */
const MAX_DEPTH = 4;

const EXAMPLE = 'as in { "of": 0.02, "by": 24, "power": -0.5 }';
const POWERS = `A power is a multiple of 1/16 from -${LARGEST_EXPONENT} to ${LARGEST_EXPONENT}, such as -0.5 for a division by the square root.`;
const BASE_RULE =
  'Scale by a number, a dimension { "dim": 1 }, a number in the name { "capture": 1 }, or a fan-in { "fan_of": "fc.weight" }.';

export const isScaled = (value: unknown): value is ScaledNumber => isPlainObject(value);

/**
 * Checks everything but what depends on a tensor.
 * @param key    the parameter: `std`
 * @param where  how the message begins, before the parameter: `normal: `, `rules[2].init.`
 * @param code   of all errors, if not one each
 * @throws {ValueError} BAD_OPTION: an unknown or missing member, or one of the wrong type; BAD_RANGE: a number out of range
 */
export function checkScaled(value: unknown, key: string, where: string, code?: JumpfillErrorCode): void {
  checkNested(value, key, makeRefusal(where, code), 1);
}

function checkNested(value: unknown, key: string, refuse: Refusal, depth: number): void {
  if (!isPlainObject(value))
    throw refuse('BAD_OPTION', key, value, `Write a number, or scale one, ${EXAMPLE}.`);
  checkMembers(value, KEYS, key, refuse);
  const { of, by, power } = value as {
    readonly of?: unknown;
    readonly by?: unknown;
    readonly power?: unknown;
  };
  for (const [member, content] of Object.entries({ of, by, power }))
    if (content === undefined)
      throw refuse('BAD_OPTION', `${key}.${member}`, undefined, `Write of, by and power, ${EXAMPLE}.`);
  if (!isFinite(of)) {
    if (depth === MAX_DEPTH)
      throw refuse('BAD_OPTION', `${key}.of`, of, `Scaled numbers nest at most ${MAX_DEPTH} deep.`);
    checkNested(of, `${key}.of`, refuse, depth + 1);
  }
  if (!isExponent(power)) throw refuse('BAD_RANGE', `${key}.power`, power, POWERS);
  checkBase(by, `${key}.by`, refuse);
}

type Refusal = (code: JumpfillErrorCode, key: string, value: unknown, remedy: string) => ValueError;

const makeRefusal =
  (where: string, always: JumpfillErrorCode | undefined): Refusal =>
  (code, key, value, remedy) => {
    const found = `${where}${key} is ${value === undefined ? 'missing' : show(value)}.`;
    return new ValueError(always ?? code, found, remedy, { parameter: key });
  };

const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function checkMembers(value: object, known: readonly string[], key: string, refuse: Refusal): void {
  const stranger = Object.keys(value).find((member) => !known.includes(member));
  if (stranger === undefined) return;
  const content = (value as Readonly<Record<string, unknown>>)[stranger];
  throw refuse('BAD_OPTION', `${key}.${stranger}`, content, suggest(stranger, known));
}

function checkBase(base: unknown, key: string, refuse: Refusal): void {
  if (typeof base === 'number' && base >= 0 && base < Infinity) return;
  if (!isPlainObject(base)) throw refuse('BAD_RANGE', key, base, BASE_RULE);
  checkMembers(base, [...BASES, ...SHIFTS], key, refuse);
  const [kind, other] = BASES.filter((candidate) => base[candidate] !== undefined);
  if (kind === undefined || other !== undefined) throw refuse('BAD_OPTION', key, base, BASE_RULE);
  for (const shift of SHIFTS)
    if (base[shift] !== undefined && !isFinite(base[shift]))
      throw refuse('BAD_RANGE', `${key}.${shift}`, base[shift], `${shift} must be a finite number.`);
  checkReference(kind, base[kind], `${key}.${kind}`, refuse);
}

function checkReference(kind: (typeof BASES)[number], value: unknown, key: string, refuse: Refusal): void {
  switch (kind) {
    case 'dim':
      if (Number.isSafeInteger(value)) return;
      throw refuse('BAD_OPTION', key, value, 'A dimension is a whole number: 0 is the first, -1 the last.');
    case 'capture':
      if (Number.isSafeInteger(value) && (value as number) >= 1) return;
      throw refuse(
        'BAD_OPTION',
        key,
        value,
        "A capture is the number of a group in the rule's pattern, from 1.",
      );
    case 'fan_of':
      if (typeof value === 'string') return;
      throw refuse('BAD_OPTION', key, value, 'Write the name of a tensor of the spec.');
  }
}
