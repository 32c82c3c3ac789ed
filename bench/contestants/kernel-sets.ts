/**
 * The kernels that are timed: those that an engine here fills with, and the specification. For the main thread, which sends checked
 * code to the other threads.
 * @module
 */
import { Engine } from '#built/api/engine.js';
import { SPECIFICATION, type KernelCode } from '#built/engine/choice/open-filler.js';
import { chooseKernels, type KernelChoice } from '#built/engine/choice/kernel-choice.js';

const { JUMPFILL_SIMD, JUMPFILL_REVECTORIZE } = process.env;

/** As an engine chooses without options. */
export const CHOICE: KernelChoice = {
  simd: JUMPFILL_SIMD !== '0',
  revectorize: JUMPFILL_REVECTORIZE === '1',
};

export const FASTEST: KernelCode = chooseKernels(CHOICE);

const used = new Engine().kernels;
if (used !== FASTEST.name)
  throw new Error(`An engine here uses the ${used} kernels, not the ${FASTEST.name} ones`);

/** Fastest last. */
export const KERNEL_SETS: readonly KernelCode[] =
  FASTEST.name === SPECIFICATION.name ? [SPECIFICATION] : [SPECIFICATION, FASTEST];
