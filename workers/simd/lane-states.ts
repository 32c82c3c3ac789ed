// The states of the eight lanes, from which every fill starts, and how two lanes in integer registers become a vector.

// Globals of the lanes module (lanes.ts). First and second words of lanes (0,1), (2,3), (4,5), (6,7).
// @ts-ignore: decorator
@external("lanes", "first01") export declare let first01: v128;
// @ts-ignore: decorator
@external("lanes", "first23") export declare let first23: v128;
// @ts-ignore: decorator
@external("lanes", "first45") export declare let first45: v128;
// @ts-ignore: decorator
@external("lanes", "first67") export declare let first67: v128;
// @ts-ignore: decorator
@external("lanes", "second01") export declare let second01: v128;
// @ts-ignore: decorator
@external("lanes", "second23") export declare let second23: v128;
// @ts-ignore: decorator
@external("lanes", "second45") export declare let second45: v128;
// @ts-ignore: decorator
@external("lanes", "second67") export declare let second67: v128;

/** Two words of integer registers side by side. */
// @ts-ignore: decorator
@inline
export function join(a: i64, b: i64): v128 {
  return i64x2.replace_lane(i64x2.splat(a), 1, b);
}
