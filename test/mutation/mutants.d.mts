export interface Change {
  readonly mutator: string;
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

export function listMutants(path: string, text: string): Change[];
