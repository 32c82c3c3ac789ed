/** Runs before every test file. A worker runs many of them, so whatever a file leaves behind is put right here. */
import fc from 'fast-check';
import { afterEach } from 'vitest';
import './equal-bytes.js';
import { removeFolders } from './folder.js';

/** Property tests draw the same in every run: a failure is reproducible. */
fc.configureGlobal({ seed: 20_261_123 });

afterEach(removeFolders);
