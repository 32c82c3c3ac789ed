#!/usr/bin/env node
/**
 * The command line's entry. What it needs is loaded only if this Node can read it: an older one would end with a syntax error.
 * @module
 */
import { complainOfNode } from './base/node-version.js';

const complaint = complainOfNode(process.versions.node);
if (complaint === undefined) {
  void import('./cli/main.js');
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
