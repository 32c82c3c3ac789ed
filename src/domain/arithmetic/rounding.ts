/**
 * Rounding to whole numbers. The direction of ties is half of the difference between WAGE's implementations (wage-operators.ts).
 * @module
 */

/** Python's, NumPy's and TensorFlow's round: a tie goes to the even neighbour. (Math.round sends it up.) Never -0. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return (rest < 0.5 ? below : below + 1) + 0;
  return (below % 2 === 0 ? below : below + 1) + 0;
}

/** QPyTorch's nearest: floor(x + 1/2), in exact arithmetic; a tie goes up. Never -0. */
export function roundHalfUp(x: number): number {
  const below = Math.floor(x);
  return (x - below < 0.5 ? below : below + 1) + 0;
}
