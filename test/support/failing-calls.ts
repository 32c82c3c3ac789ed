/** Calls of node:fs that fail as the system would let them, for modules that are loaded already. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { vi } from 'vitest';

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: made by a test`), { code });

type Call = (...parameters: never[]) => unknown;

/** @param matching  of the first parameter: calls with others go to the system */
function fail(owner: object, name: string, code: string, matching: RegExp, isAsync: boolean): void {
  const functions = owner as Record<string, Call>;
  const original = functions[name];
  vi.spyOn(functions, name).mockImplementation((...parameters: unknown[]) => {
    if (!matching.test(String(parameters[0]))) return original?.apply(owner, parameters as never[]);
    const error = systemError(code);
    if (isAsync) return Promise.reject(error);
    throw error;
  });
  syncBuiltinESMExports();
}

/** Lets `readFileSync` and the like throw for paths that match. */
export const failSync = (name: string, code: string, matching = /^/): void => {
  fail(fs, name, code, matching, false);
};

/** Lets a function of `node:fs/promises` reject for paths that match. */
export const failAsync = (name: string, code: string, matching = /^/): void => {
  fail(fs.promises, name, code, matching, true);
};

/** For `afterEach`. */
export function restoreCalls(): void {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
}
