/**
 * Fillers to be timed.
 * @module
 */
import type { Filler } from '#built/engine/fillers/filler.js';
import { openFiller, type KernelCode } from '#built/engine/choice/open-filler.js';

/** A filler of just these kernels: a fallback would be timed in their place. */
export const openOnly = (kernels: KernelCode): Filler =>
  openFiller(kernels, (reason) => {
    throw new Error(`The ${kernels.name} kernels cannot be used: ${reason}`);
  });
