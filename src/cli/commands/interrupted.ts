/**
 * The error of an interrupted run; its message says what the run has left, and where.
 * @module
 */
export class InterruptedError extends Error {}
