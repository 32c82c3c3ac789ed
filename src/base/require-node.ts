/**
 * Refuses an older Node when the library is imported, before any other of its modules runs.
 * @module
 */
import { JumpfillError } from './errors.js';
import { complainOfNode } from './node-version.js';

const complaint = complainOfNode(process.versions.node);
if (complaint !== undefined)
  throw new JumpfillError('UNSUPPORTED_PLATFORM', complaint, 'Install a newer one.');
