/**
 * An interrupted run that has left something: the message says what and where.
 * @module
 */
export class InterruptedError extends Error {}
