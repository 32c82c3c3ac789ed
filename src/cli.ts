#!/usr/bin/env node
/**
 * The command line's entry. What it needs is loaded only if this Node can read it: an older one would end with a syntax error.
 * @module
 */
import { complainOfNode } from './base/node-version.js';

const complaint = complainOfNode(process.versions.node);
if (complaint === undefined) {
  // V8's compiled code, kept from one run to the next in the system's folder for temporary files: Node 22.1 and later.
  const { enableCompileCache } = process.getBuiltinModule('node:module') as {
    enableCompileCache?: () => void;
  };
  if (enableCompileCache !== undefined) enableCompileCache();
  // Without a require() that loads ES modules nothing can be loaded on demand.
  const beforehand = process.features.require_module ? Promise.resolve() : import('./all.js');
  void beforehand.then(() => import('./cli/main.js'));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
