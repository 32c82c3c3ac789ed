/**
 * Opens the fillers that are timed.
 * @module
 */
import type { Filler } from '#built/engine/fillers/filler.js';
import { openFiller, type KernelCode } from '#built/engine/choice/open-filler.js';

/** Opens a filler of exactly these kernels: a fallback would be timed instead of them. */
export const openExactly = (kernels: KernelCode): Filler =>
  openFiller(kernels, (reason) => {
    throw new Error(`The ${kernels.name} kernels cannot be used: ${reason}`);
  });
