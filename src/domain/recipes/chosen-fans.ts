/**
 * The fans that a scheme divides by: those of the shape, by its layout or its axes, or those that are given, such as a bias takes from
 * its layer's weight.
 * @module
 */
import { checkPositive } from '../../base/parameter-checks.js';
import { hasAxes, fansOfAxes, type FanAxes } from './fan-axes.js';
import { computeFans, hasFans, type Fans, type FanMode, type ShapeLayout } from './fans.js';

/** What of an initialiser decides its fans. */
export interface FanChoice extends FanAxes {
  readonly layout: ShapeLayout;
  /** In place of the shape's. */
  readonly fan_in?: number | undefined;
  readonly fan_out?: number | undefined;
}

/** A shape of fewer than two dimensions has only the fans that are given. */
export type ChosenFans = Partial<Fans>;

/** The fans that each mode needs. */
const NEEDED: Readonly<Record<FanMode, readonly (keyof Fans)[]>> = {
  fan_in: ['fanIn'],
  fan_out: ['fanOut'],
  fan_avg: ['fanIn', 'fanOut'],
  fan_geo_avg: ['fanIn', 'fanOut'],
};

/**
 * @param mode  decides which fans a shape without fans of its own must be given
 * @throws {ValueError} BAD_SHAPE: a fan that is neither given nor the shape's; BAD_OPTION: an invalid axis; BAD_RANGE: a fan that is
 *   not positive
 */
export function resolveFans(
  choice: FanChoice,
  mode: FanMode,
  shape: readonly number[],
  name: string | undefined,
): ChosenFans {
  const { fan_in: fanIn, fan_out: fanOut, layout } = choice;
  const given: ChosenFans = {
    ...(fanIn !== undefined && { fanIn: checkPositive(fanIn, 'fan_in', name) }),
    ...(fanOut !== undefined && { fanOut: checkPositive(fanOut, 'fan_out', name) }),
  };
  if (hasAxes(choice)) return { ...fansOfAxes(shape, choice, layout, name), ...given };
  const isEnough = NEEDED[mode].every((fan) => given[fan] !== undefined);
  if (isEnough && !hasFans(shape, layout)) return given;
  return { ...computeFans(shape, layout, name), ...given };
}
