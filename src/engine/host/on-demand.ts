/**
 * Modules that are loaded when they are first needed: what a process does not use costs its start nothing. They are loaded at once, by
 * require(), because those who need them cannot wait: getters, constructors, and fills that take words in the order of the calls.
 * src/all.ts loads them beforehand, for runtimes and bundlers that cannot require() an ES module.
 * @module
 */
import { nodeModule, url } from './builtins.js';
import { findOwnModule } from './own-files.js';

const provided = new Map<string, object>();

/** Gives modules by their paths in the build: they are not looked for any more. */
export function provide(modules: Readonly<Record<string, object>>): void {
  for (const [path, module] of Object.entries(modules)) provided.set(path, module);
}

export class OnDemand<Module extends object> {
  readonly #path: string;
  #module: Module | undefined;

  /** @param path  from the build's folder: `src/api/engine-parts.js` */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The module, loaded at the first call.
   * @throws {JumpfillError} MISSING_FILES
   */
  load(): Module {
    return (this.#module ??= load(this.#path) as Module);
  }
}

function load(path: string): object {
  const known = provided.get(path);
  if (known !== undefined) return known;
  const file = findOwnModule(path);
  const require = nodeModule().createRequire(file);
  return withoutExperimentalWarnings(() => require(url().fileURLToPath(file)) as object);
}

/** Node 22.12 and 23.0 to 23.4 warn of the first ES module that is required; a program's user can do nothing about ours. */
function withoutExperimentalWarnings<Result>(act: () => Result): Result {
  const emit: unknown = Reflect.get(process, 'emitWarning');
  const emitOthers = (...parameters: readonly unknown[]): void => {
    if (parameters[1] !== 'ExperimentalWarning') Reflect.apply(emit as () => void, process, parameters);
  };
  Reflect.set(process, 'emitWarning', emitOthers);
  try {
    return act();
  } finally {
    Reflect.set(process, 'emitWarning', emit);
  }
}
