/**
 * What a process costs until it has imported a module, or nothing: processor time and time since its start, in milliseconds.
 * Parameters: what to import, if anything; `cache` to switch V8's compile cache on before, where Node has one.
 * @module
 */
import * as nodeModule from 'node:module';

export interface StartCost {
  readonly cpuMs: number;
  readonly sinceStartMs: number;
}

const [specifier = '', cache] = process.argv.slice(2);
if (cache === 'cache') (nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
if (specifier !== '') await import(specifier);
const sinceStartMs = performance.now();
const { user, system } = process.cpuUsage();
const cost: StartCost = { cpuMs: (user + system) / 1000, sinceStartMs };
process.stdout.write(JSON.stringify(cost));
