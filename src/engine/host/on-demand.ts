/**
 * Modules that are loaded when they are first needed: what a process does not use costs its start nothing. They are loaded at once, by
 * require(), because those who need them cannot wait: getters, constructors, and fills that take words in the order of the calls.
 * @module
 */
import { nodeModule, url } from './builtins.js';
import { findOwnFile } from './own-files.js';

export class OnDemand<Module extends object> {
  readonly #load: () => object;
  #module: Module | undefined;

  /**
   * @param path  from the build's folder: `src/api/engine-parts.js`
   * @param load  loads it. bundle.mjs writes this into the joined files: a require() that bundlers see
   */
  constructor(path: string, load = () => loadSingle(path)) {
    this.#load = load;
  }

  /** The module, loaded at the first call. */
  load(): Module {
    return (this.#module ??= this.#load() as Module);
  }
}

/** In a build of single modules, which are ES modules. */
function loadSingle(path: string): object {
  const file = findOwnFile(path);
  return nodeModule().createRequire(file)(url().fileURLToPath(file)) as object;
}
