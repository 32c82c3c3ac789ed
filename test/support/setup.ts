/** Runs before every test file. A worker runs many of them, so anything that a file leaves behind is cleaned up here. */
import fc from 'fast-check';
import { afterEach } from 'vitest';
import './equal-bytes.js';
import { removeFolders } from './folder.js';

/** Property tests draw the same values in every run, so a failure is reproducible. */
fc.configureGlobal({ seed: 20_261_123 });

afterEach(removeFolders);
