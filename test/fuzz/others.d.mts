/** A row of the table of headers in FILES_OF_OTHERS.md. */
export interface HeaderRow {
  readonly section: string;
  readonly what: string;
  readonly official: 'reads' | 'refuses';
  readonly here: 'reads' | 'refuses';
  readonly reason: string;
  /** The whole file. */
  readonly makeBytes: () => Buffer;
}

/** A row of the table of indices. */
export interface IndexRow {
  readonly what: string;
  readonly index: string;
  readonly here: 'reads' | 'refuses';
  readonly reason: string;
}

export const headerRows: readonly HeaderRow[];
export const indexRows: readonly IndexRow[];
/** The version of the official reader that the page describes. */
export const officialVersion: string;
