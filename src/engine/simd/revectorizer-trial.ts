/**
 * A separate program that compiles the revectorized kernels and compares them with the specification. An experimental compiler can end
 * its process, which no error handler catches, so the kernels are tried in a process that may die.
 * @module
 */
import { SCRATCH_BYTES } from '../fillers/filler.js';
import { compileRevectorized } from './code.js';
import { SimdFiller } from './simd-filler.js';
import { findDifference } from './self-check.js';
import { streamChecks } from './stream-checks.js';

/** Modules of torch and of the operators are never revectorized. */
const families = streamChecks.map(({ family }) => family);
const difference = findDifference(new SimdFiller(compileRevectorized(), SCRATCH_BYTES), families);
if (difference !== undefined) throw new Error(difference);
process.exit(0);
