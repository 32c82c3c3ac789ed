/**
 * The part of a thread's memory that is torch's: known beforehand, though most threads never load what uses it.
 * @module
 */
import { DEGREE, STATE_WORDS } from '../../domain/streams/mt19937.js';
import { GROUP_BYTES, GROUP_ELEMENTS } from './groups.js';

/** The words of a window are whole groups. */
export const WINDOW_GROUPS = STATE_WORDS / GROUP_ELEMENTS;
export const WINDOW_BYTES = GROUP_BYTES * WINDOW_GROUPS;

/** A jump adds up windows that begin at any of DEGREE words. */
export const UNROLLED_GROUPS = Math.ceil(DEGREE / GROUP_ELEMENTS);

/** Its part of a memory: the window, with room for the words after it; a jump's list of windows; their sum. */
export const TERMS_OFFSET = WINDOW_BYTES + GROUP_BYTES * UNROLLED_GROUPS;
export const SUM_OFFSET = TERMS_OFFSET + GROUP_BYTES * UNROLLED_GROUPS;
/** What follows is the caller's. */
export const WINDOW_MEMORY_BYTES = SUM_OFFSET + WINDOW_BYTES;

/** The most that a fill makes aside: 8 KiB of words, so that they and their values stay in the first-level cache. */
export const ASIDE_GROUPS = 128;
export const ASIDE_BYTES = GROUP_BYTES * ASIDE_GROUPS;

/** Behind the window's part: values made aside, and the words they are made of. */
export const VALUES_OFFSET = WINDOW_MEMORY_BYTES;
export const TORCH_BYTES = VALUES_OFFSET + 3 * ASIDE_BYTES;
