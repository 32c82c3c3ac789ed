/**
 * A program of its own: compiles the revectorized kernels and compares them with the specification. An experimental compiler
 * can end its process, and no error could be caught then; so a process is tried that nobody would miss.
 * @module
 */
import { SCRATCH_BYTES } from '../fillers/filler.js';
import { compileRevectorized } from './code.js';
import { SimdFiller } from './filler.js';
import { findDifference } from './self-check.js';

const difference = findDifference(new SimdFiller(compileRevectorized(), SCRATCH_BYTES));
if (difference !== undefined) throw new Error(difference);
process.exit(0);
