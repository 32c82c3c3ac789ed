/**
 * Rows with an initialiser of their own, within a tensor's: ranges of indices of the first dimension. Any kind that draws takes them.
 * @module
 */
import { isPlainObject } from '../../base/objects.js';
import { ValueError, type JumpfillErrorCode } from '../../base/errors.js';
import { show } from '../../base/wording.js';

/** The parameters beside a kind's own. */
export interface RowParameters<Init> {
  /** Rows that are 0, in any order. */
  readonly zero_rows?: readonly number[] | undefined;
  /** Ascending, without overlap. */
  readonly rows?: readonly RowRange<Init>[] | undefined;
}

/** Rows `from` to `to` - 1, a tensor of the shape [to - from, ...rest] to their initialiser. */
export interface RowRange<Init> {
  readonly from: number;
  readonly to: number;
  readonly init: Init;
}

export const ROW_KEYS = ['zero_rows', 'rows'] as const;
const RANGE_KEYS = ['from', 'to', 'init'] as const;

/** Of each parameter. The metadata of a tensor hold them, and their reader is bounded. */
export const MOST_RANGES = 256;

const EXAMPLE = 'such as [{ "from": 0, "to": 1, "init": { "kind": "zeros" } }]';

/**
 * The two parameters of a given initialiser, as far as it has them: each initialiser of rows as `complete` makes it.
 * @param where  how the message begins
 * @throws {ValueError} BAD_OPTION: neither numbers nor ranges, too many, or rows within rows
 */
export function readRows<Init>(
  given: { readonly zero_rows?: unknown; readonly rows?: unknown },
  where: string,
  complete: (init: unknown) => Init,
): RowParameters<Init> {
  const { zero_rows, rows } = given;
  return {
    ...(zero_rows !== undefined && { zero_rows: readZeroRows(zero_rows, where) }),
    ...(rows !== undefined && { rows: readRanges(rows, where, complete) }),
  };
}

function refuse(where: string, key: string, value: unknown, remedy: string): ValueError {
  const code: JumpfillErrorCode = 'BAD_OPTION';
  return new ValueError(code, `${where}: ${key} is ${show(value)}.`, remedy, { parameter: key });
}

function readZeroRows(value: unknown, where: string): readonly number[] {
  // Spread: `every` skips holes.
  const rows: readonly unknown[] | undefined = Array.isArray(value)
    ? [...(value as readonly unknown[])]
    : undefined;
  if (rows?.every(Number.isInteger) === true) {
    checkCount(rows, 'zero_rows', where);
    return rows as readonly number[];
  }
  throw refuse(where, 'zero_rows', value, 'zero_rows is an array of indices such as [0].');
}

function checkCount(list: readonly unknown[], key: string, where: string): void {
  if (list.length <= MOST_RANGES) return;
  const found = `${where}: ${key} has ${list.length} entries.`;
  throw new ValueError('BAD_OPTION', found, `It may have ${MOST_RANGES}.`, { parameter: key });
}

function readRanges<Init>(
  value: unknown,
  where: string,
  complete: (init: unknown) => Init,
): readonly RowRange<Init>[] {
  if (!Array.isArray(value)) throw refuse(where, 'rows', value, `rows is an array of ranges, ${EXAMPLE}.`);
  checkCount(value, 'rows', where);
  return [...(value as readonly unknown[])].map((range, i) =>
    readRange(range, `rows[${i}]`, where, complete),
  );
}

function readRange<Init>(
  range: unknown,
  key: string,
  where: string,
  complete: (init: unknown) => Init,
): RowRange<Init> {
  if (!isPlainObject(range)) throw refuse(where, key, range, `A range has from, to and init, ${EXAMPLE}.`);
  const unknown = Object.keys(range).find((member) => !RANGE_KEYS.some((known) => known === member));
  if (unknown !== undefined)
    throw refuse(where, `${key}.${unknown}`, range[unknown], 'A range has from, to and init.');
  const { from, to, init } = range;
  if (!Number.isInteger(from))
    throw refuse(where, `${key}.from`, from, 'It is the first index of the range.');
  if (!Number.isInteger(to))
    throw refuse(where, `${key}.to`, to, 'It is the index after the last of the range.');
  const nested = ROW_KEYS.find((inner) => isPlainObject(init) && init[inner] !== undefined);
  if (nested !== undefined)
    throw refuse(
      where,
      `${key}.init.${nested}`,
      (init as Record<string, unknown>)[nested],
      'Rows have no rows of their own: write ranges one after the other.',
    );
  return {
    from: from as number,
    to: to as number,
    init: atRows(`${key}.init`, () => complete(init)),
  };
}

/** Runs a check of rows; an error it throws is about their place within the tensor's initialiser. */
export function atRows<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { code, found, remedy, parameter } = error;
    throw new ValueError(code, found, remedy, {
      cause: error,
      parameter: parameter === undefined ? place : `${place}.${parameter}`,
    });
  }
}
