/**
 * Nothing: what a thread or process costs that runs no code of its own.
 * @module
 */
export {};
