/**
 * Maps of drawn values (value-map.ts): which values they are made of, whether the map takes them, and what they become.
 * @module
 */
import { badParameter, checkFinite, checkPositive } from '../../base/parameter-checks.js';
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import { ceilFloat32, floorFloat32 } from '../arithmetic/float32.js';
import type { MapKind } from '../arithmetic/map-kinds.js';
import { applyMap, valueMap, type ValueMap } from '../arithmetic/value-map.js';
import type { MapWithin } from '../kernels/mapped.js';
import { carrierOf, DTYPES, type Dtype } from '../tensors/dtypes.js';
import type { TensorForm } from '../tensors/tensor-form.js';
import { reachOf, type Distribution, type Mappable, type Mapped } from './distribution.js';
import { refuseRange } from './ranges.js';

/** The parameters of a map, as an initialiser has them. */
export interface MapOptions {
  readonly map?: MapKind;
  readonly floor?: number;
  readonly base?: number;
}

/**
 * The map that these parameters ask for; undefined if they ask for none.
 * @throws {ValueError} BAD_OPTION: a floor or base without its map, a power without a base; BAD_RANGE: not a number, a base that is not positive
 */
export function readMap({ map, floor, base }: MapOptions, name: string | undefined): ValueMap | undefined {
  if (map === undefined && floor !== undefined)
    throw badParameter('BAD_OPTION', 'floor', floor, name, 'A floor is for the values of a map: add "map".');
  if (map !== 'power' && base !== undefined)
    throw badParameter('BAD_OPTION', 'base', base, name, 'A base is for the map "power".');
  if (map === undefined) return undefined;
  if (floor !== undefined) checkFinite(floor, 'floor', name);
  if (map !== 'power') return valueMap(map, 1, floor);
  if (base === undefined) {
    const found = `${nameTensor(name)}: the map is ${show(map)}, without a base.`;
    throw new ValueError('BAD_OPTION', found, 'Add "base", such as 10000.', { parameter: 'base' });
  }
  return valueMap(map, checkPositive(base, 'base', name), floor);
}

/** The same distribution, mapped if its initialiser has a map. @throws {ValueError} as readMap */
export function mapIfAsked(of: Mappable, options: MapOptions, name: string | undefined): Distribution {
  const map = readMap(options, name);
  return map === undefined ? of : { kind: 'mapped', of, map };
}

/** What roundings of mean, std and value may add to a normal's reach, as a share of it. */
const MARGIN = { float32: 2 ** -21, float64: 2 ** -49 } as const;

/** A closed interval that holds every value before it is mapped, in doubles. */
function boundsOfMappable(of: Mappable, dtype: Dtype): readonly [number, number] {
  if (of.kind === 'uniform' || of.kind === 'log_uniform') return [of.low, of.high];
  const { mean, std } = of;
  if (std === 0) return [mean, mean];
  const { low, high } = of.kind === 'normal' ? { low: -Infinity, high: Infinity } : of;
  const [least, most] = reachOf(low, high, dtype);
  const furthest = Math.max(Math.abs(least), Math.abs(most));
  const rounding = MARGIN[carrierOf(dtype)] * (Math.abs(mean) + std * furthest);
  const [from, to] =
    of.kind === 'truncated_normal' && of.within ? of.within : [mean + std * low, mean + std * high];
  return [Math.max(from, mean + std * least - rounding), Math.min(to, mean + std * most + rounding)];
}

/** What is mapped, raised to the floor. */
const mappedBounds = ({ of, map }: Mapped, dtype: Dtype): readonly [number, number] =>
  raise(boundsOfMappable(of, dtype), map);

const raise = (
  [low, high]: readonly [number, number],
  { floor = -Infinity }: ValueMap,
): readonly [number, number] => [Math.max(low, floor), Math.max(high, floor)];

/** The closed interval of the results, in doubles; infinite where a map overflows. */
export const boundsOfMapped = (mapped: Mapped, dtype: Dtype): readonly [number, number] =>
  mapInterval(mapped.map, mappedBounds(mapped, dtype));

/** An interval of values as that of their maps, which may run the other way. */
export function mapInterval(
  map: ValueMap,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const [ofLow, ofHigh] = [applyMap(map, low), applyMap(map, high)];
  return ofLow < ofHigh ? [ofLow, ofHigh] : [ofHigh, ofLow];
}

/** @throws {ValueError} BAD_RANGE: values that the map cannot take, or results that the dtype cannot hold */
export const checkMapped = ({ of, map }: Mapped, form: TensorForm): void => {
  checkMapOf(map, boundsOfMappable(of, form.dtype), form);
};

/**
 * @param bounds  a closed interval that holds the values before they are mapped
 * @throws {ValueError} BAD_RANGE: values that the map cannot take, or results that the dtype cannot hold
 */
export function checkMapOf(map: ValueMap, bounds: readonly [number, number], form: TensorForm): void {
  const { kind } = map;
  const { dtype, name } = form;
  const [low, high] = raise(bounds, map);
  const needsPositive = kind === 'log' || kind === 'inverse_softplus';
  if (needsPositive && low <= 0) {
    const found = `${nameTensor(name)}: the map is ${show(kind)}, of values from ${low} on.`;
    const remedy = `Only a positive number has ${article(kind)}: raise them with "floor", or choose other bounds.`;
    throw new ValueError('BAD_RANGE', found, remedy, { parameter: 'map' });
  }
  const furthest = Math.max(...mapInterval(map, [low, high]).map(Math.abs));
  if (furthest <= DTYPES[dtype].largest) return;
  const found = `${nameTensor(name)}: the map is ${show(kind)}, of values from ${low} to ${high}.`;
  const remedy = `Its results reach beyond ${furthest}, more than a ${dtype} can hold.`;
  throw new ValueError('BAD_RANGE', found, remedy, { parameter: 'map' });
}

const article = (kind: 'log' | 'inverse_softplus'): string =>
  kind === 'log' ? 'a logarithm' : 'an inverse softplus';

/** The one result of a map of one value; undefined if there are more. */
export function valueOfMapped(mapped: Mapped, dtype: Dtype): number | undefined {
  const [low, high] = boundsOfMapped(mapped, dtype);
  return low === high ? low : undefined;
}

/**
 * The kernel's map, with bounds for a float32 or a float64. Rounding may take a normal value below its bound, where it may have no logarithm, so
 * the bound becomes a floor.
 * @throws {ValueError} BAD_RANGE: no float32 lies between the bounds
 */
export function mapWithin(mapped: Mapped, form: TensorForm, carrier: 'float32' | 'float64'): MapWithin {
  const [low, high] = boundsOfMapped(mapped, form.dtype);
  const [lowest, highest] =
    carrier === 'float64' ? [low, high] : [ceilFloat32(low) + 0, floorFloat32(high) + 0];
  if (lowest > highest)
    throw refuseRange({ low, high }, form, 'No float32 lies between these results of the map.');
  const { of, map } = mapped;
  const needsFloor = 'std' in of && map.kind !== 'exp' && map.kind !== 'power';
  const [floor] = mappedBounds(mapped, form.dtype);
  return { map: needsFloor ? { ...map, floor } : map, lowest, highest };
}
