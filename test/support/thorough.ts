/** Laws that take more in the slow suite than in the fast one. Every file that imports this runs in both (vitest.slow.config.ts). */
import { inject, test } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly isThorough: boolean;
  }
}

/** True in the slow suite. */
export const isThorough = inject('isThorough');

interface Cases<T> {
  readonly few: T;
  readonly all: T;
}

/** The number of cases that a law takes, or the cases themselves. */
export function casesOf(cases: Cases<number>): number;
export function casesOf<T>(cases: Cases<readonly T[]>): readonly T[];
export function casesOf<T>({ few, all }: Cases<T>): T {
  return isThorough ? all : few;
}

/** A law of the slow suite alone, beside quicker ones that the fast suite keeps. */
export const slowTest = test.runIf(isThorough);
