/**
 * Maps of drawn values: what some parameters are initialised to is a function of a drawn value, such as the logarithm of a uniform one.
 * Computed in doubles and rounded once by the caller, from + - * / and bits alone (elementary.ts).
 *
 * Errors: log, exp and power within 1 ulp of a double; inverse_softplus within 2^-52 (1 + |result|), as it crosses 0 at ln 2.
 * Each map is monotone, so it takes the bounds of the values to the bounds of the results.
 *
 * Sources: inverse_softplus is x + log(-expm1(-x)) of mamba_ssm/modules/mamba_simple.py, https://github.com/state-spaces/mamba; its `clamp`
 * by `dt_init_floor` is the floor. log is the same file's A_log; power is rotary embeddings' inv_freq, Su et al., 2021,
 * https://arxiv.org/abs/2104.09864.
 * @module
 */
import type { DoubleDouble } from './double-double.js';
import { exp, expMinusOne, expOfProduct, ln, lnExactly, lnOnePlus } from './elementary.js';
import type { MapKind } from './map-kinds.js';

/** Plain data, which crosses threads. */
export type ValueMap = (
  | { readonly kind: Exclude<MapKind, 'power'> }
  /** base ** value. */
  | { readonly kind: 'power'; readonly lnBase: DoubleDouble }
) & {
  /** Values are raised to at least this before they are mapped. */
  readonly floor?: number | undefined;
};

/**
 * @param base  of power: positive and finite
 */
export function valueMap(kind: MapKind, base: number, floor: number | undefined): ValueMap {
  const map = kind === 'power' ? { kind, lnBase: lnExactly(base) } : { kind };
  return floor === undefined ? map : { ...map, floor };
}

/** The map of a value, in doubles; the value lies within the map's domain. */
export const applyMap = (map: ValueMap, value: number): number => functionOfMap(map)(value);

/** The map as a function, for a loop. */
export function functionOfMap(map: ValueMap): (value: number) => number {
  const { floor } = map;
  const mapped = withoutFloor(map);
  return floor === undefined ? mapped : (value) => mapped(Math.max(value, floor));
}

function withoutFloor(map: ValueMap): (value: number) => number {
  switch (map.kind) {
    case 'log':
      return ln;
    case 'exp':
      return (value) => exp(value);
    case 'inverse_softplus':
      return inverseSoftplus;
    case 'power': {
      const { lnBase } = map;
      return (value) => expOfProduct(lnBase, value);
    }
  }
}

/** Below, e^x - 1 is computed without e^x, which would lose digits. */
const SMALL = 0.34;
/** Where e^-x is below 1/4, whose logarithm's series it is near enough for. */
const LARGE = 1.4;

/** ln(e^x - 1), x > 0: the x whose softplus, ln(1 + e^y), is x. */
function inverseSoftplus(x: number): number {
  if (x < SMALL) return ln(expMinusOne(x));
  const rest = exp(-x);
  return x + (x < LARGE ? ln(1 - rest) : lnOnePlus(-rest));
}

/** The value that a map takes to y, for y in its range; of a floor nothing is known. */
export function invertMap(map: ValueMap, y: number): number {
  switch (map.kind) {
    case 'log':
      return exp(y);
    case 'exp':
      return ln(y);
    case 'inverse_softplus':
      return y > 0 ? y + lnOneMore(-y) : lnOneMore(y);
    case 'power':
      return ln(y) / map.lnBase[0];
  }
}

/** ln(1 + e^y) for y <= 0. */
function lnOneMore(y: number): number {
  const e = exp(y);
  return e < 0.41 ? lnOnePlus(e) : ln(1 + e);
}

/** How fast a map grows at a value: its derivative. */
export function slopeOfMap(map: ValueMap, value: number): number {
  switch (map.kind) {
    case 'log':
      return 1 / value;
    case 'exp':
      return exp(value);
    case 'inverse_softplus':
      return value < SMALL ? 1 + 1 / expMinusOne(value) : 1 / (1 - exp(-value));
    case 'power':
      return map.lnBase[0] * expOfProduct(map.lnBase, value);
  }
}
