/** Preloaded (--import): Node 22.12 and 23.0 to 23.4, which warn when require() loads an ES module. */
import Module from 'node:module';

const { createRequire } = Module;
Module.createRequire = (file) => {
  const require = createRequire(file);
  const requireLoudly = (path) => {
    if (file instanceof URL) process.emitWarning(`of a required module, ${path}`, 'ExperimentalWarning');
    return require(path);
  };
  return Object.assign(requireLoudly, require);
};
