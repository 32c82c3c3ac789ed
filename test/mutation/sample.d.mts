import type { Change } from './mutants.mjs';

export interface Mutant extends Change {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly change: string;
  readonly id: string;
}

export function allMutants(root: string, below?: string): ReadonlyMap<string, readonly Mutant[]>;
export function sample(
  folders: ReadonlyMap<string, readonly Mutant[]>,
  options: { readonly seed: number; readonly count: number },
): Mutant[];
