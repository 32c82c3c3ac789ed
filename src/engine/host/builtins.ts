/**
 * Node's own modules, for code that processes and threads begin with. An import of node:fs would read all of its getters, one of which
 * loads every kind of stream: a third of what a thread's start may take.
 * @module
 */
/** Asked at each call: nothing of this runs before an older Node, which has no such function, is refused. */
export const fs = (): typeof import('node:fs') => process.getBuiltinModule('node:fs');
export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');
export const childProcess = (): typeof import('node:child_process') =>
  process.getBuiltinModule('node:child_process');
export const os = (): typeof import('node:os') => process.getBuiltinModule('node:os');
export const url = (): typeof import('node:url') => process.getBuiltinModule('node:url');
export const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8');
export const nodeModule = (): typeof import('node:module') => process.getBuiltinModule('node:module');
