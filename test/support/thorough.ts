/** Laws that run twice: on a few cases in the fast suite, and on all of them in the slow one (vitest.slow.config.ts lists their files). */
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly isThorough: boolean;
  }
}

/** True in the slow suite. */
export const isThorough = inject('isThorough');

/** The number of cases that a law takes. */
export const casesOf = ({ few, all }: { readonly few: number; readonly all: number }): number =>
  isThorough ? all : few;
