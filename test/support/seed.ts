/** Property tests draw the same in every run: a failure is the code's, and comes again. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_123 });
