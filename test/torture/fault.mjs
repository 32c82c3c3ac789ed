/** The findings of a case. Everything else that is thrown is a bug of the campaign itself. */
export const FAULT_KINDS = ['wrong bytes', 'stuck', 'raw error', 'left behind', 'wrong exit'];

export class Fault extends Error {
  /** @param kind  one of FAULT_KINDS */
  constructor(kind, found) {
    super(found);
    this.kind = kind;
  }
}
