/**
 * Lattices in doubles: a reduced basis, and the points near a target.
 * @module
 */
import { at } from '#built/base/at.js';

export type Vector = readonly number[];

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

/** a - factor * b */
function subtractMultiple(a: Vector, factor: number, b: Vector): number[] {
  return a.map((value, i) => value - factor * at(b, i));
}

/** The sum of the vectors, each multiplied by its weight. */
export function combine(weights: Vector, vectors: readonly Vector[]): number[] {
  const zero = at(vectors, 0).map(() => 0);
  return weights.reduce<number[]>((sum, weight, i) => subtractMultiple(sum, -weight, at(vectors, i)), zero);
}

/** Gram-Schmidt orthogonalisation: vector i = direction i + sum over j < i of share[i][j] * direction j. */
interface Orthogonalised {
  readonly directions: readonly Vector[];
  readonly squares: Vector;
  readonly shares: readonly Vector[];
}

function orthogonalise(vectors: readonly Vector[]): Orthogonalised {
  const directions: Vector[] = [];
  const squares: number[] = [];
  const shares = vectors.map((vector) => {
    let rest = vector;
    const share = directions.map((direction, j) => {
      const length = dot(rest, direction) / at(squares, j);
      rest = subtractMultiple(rest, length, direction);
      return length;
    });
    directions.push(rest);
    squares.push(dot(rest, rest));
    return share;
  });
  return { directions, squares, shares };
}

/**
 * Lenstra-Lenstra-Lovasz reduction. Takes the generating vectors of a lattice and returns integer
 * combinations of them, one per row, that generate the same lattice with short vectors.
 */
export function reduceLattice(generators: readonly Vector[]): number[][] {
  const rows = generators.map((_, i) => generators.map((_, j): number => (i === j ? 1 : 0)));
  const gramSchmidt = (): Orthogonalised => orthogonalise(rows.map((row) => combine(row, generators)));
  for (let k = 1; k < rows.length;) {
    for (let j = k - 1; j >= 0; j--) {
      const share = at(at(gramSchmidt().shares, k), j);
      rows[k] = subtractMultiple(at(rows, k), Math.round(share), at(rows, j));
    }
    const { squares, shares } = gramSchmidt();
    const overlap = at(at(shares, k), k - 1);
    if (at(squares, k) >= (0.99 - overlap * overlap) * at(squares, k - 1)) {
      k++;
    } else {
      rows.splice(k - 1, 2, at(rows, k), at(rows, k - 1));
      k = Math.max(1, k - 1);
    }
  }
  return rows;
}

/**
 * Visits every lattice point within `radius` of the target.
 * @param visit  is given the coordinates; returns false to end the search
 */
export function visitNearby(
  basis: readonly Vector[],
  target: Vector,
  radius: number,
  visit: (coordinates: Vector) => boolean,
): void {
  const { directions, squares, shares } = orthogonalise(basis);
  const goal = directions.map((direction, i) => dot(target, direction) / at(squares, i));
  const coordinates = basis.map(() => 0);
  const descend = (level: number, budget: number): boolean => {
    if (level < 0) return visit(coordinates);
    let centre = at(goal, level);
    for (let i = level + 1; i < basis.length; i++) centre -= at(coordinates, i) * at(at(shares, i), level);
    const reach = Math.sqrt(budget / at(squares, level));
    for (let c = Math.ceil(centre - reach); c <= centre + reach; c++) {
      coordinates[level] = c;
      if (!descend(level - 1, budget - (c - centre) ** 2 * at(squares, level))) return false;
    }
    return true;
  };
  descend(basis.length - 1, radius * radius);
}
