#!/usr/bin/env node
/**
 * The command line's entry. What it needs is loaded only if this Node can read it: an older one would end with a syntax error.
 * @module
 */
import { complainOfNode } from './base/node-version.js';

/** Node's own code for a program that waits for what cannot happen any more. */
const UNSETTLED = 13;

const complaint = complainOfNode(process.versions.node);
if (complaint === undefined) {
  // V8's compiled code, kept from one run to the next in the system's folder for temporary files: Node 22.1 and later.
  const { enableCompileCache } = process.getBuiltinModule('node:module') as {
    enableCompileCache?: () => void;
  };
  if (enableCompileCache !== undefined) enableCompileCache();
  process.once('beforeExit', complainOfNoEnd);
  void import('./cli/main.js')
    .then(({ runCommandLine }) => runCommandLine())
    .then(() => process.off('beforeExit', complainOfNoEnd));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}

function complainOfNoEnd(): void {
  process.stderr.write(
    'jumpfill: the command waits for what cannot happen any more, a fault of jumpfill: report it.\n',
  );
  const { exitCode } = process;
  if (exitCode === undefined) process.exitCode = UNSETTLED;
}
