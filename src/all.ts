/**
 * The library with all that it otherwise loads on demand: for runtimes and bundlers that cannot require() an ES module.
 * @module
 */
import './base/require-node.js';
import * as engineParts from './api/engine-parts.js';
import * as torchParts from './api/torch-parts.js';
import * as half from './domain/arithmetic/half.js';
import * as narrowFloats from './domain/arithmetic/narrow-floats.js';
import * as codeUse from './domain/recipes/code-use.js';
import * as specificationFiller from './engine/fillers/specification-filler.js';
import * as bindNarrow from './engine/simd/bind-narrow.js';
import * as bindWhole from './engine/simd/bind-whole.js';
import * as bind64 from './engine/simd/bind64.js';
import * as coefficients from './engine/simd/coefficients.js';
import * as matrixFiller from './engine/simd/matrix-filler.js';
import * as operators from './engine/simd/operators.js';
import * as packedFiller from './engine/simd/packed-filler.js';
import * as patternFiller from './engine/simd/pattern-filler.js';
import * as scalarKernels from './engine/simd/scalar-kernels.js';
import * as sparseFiller from './engine/simd/sparse-filler.js';
import * as torchFiller from './engine/simd/torch-filler.js';
import * as measureWork from './storage/inspect/measure-work.js';
import * as compareWork from './storage/verify/compare-work.js';
import * as copyFile from './storage/write/copy-file.js';
import * as fillFile from './storage/write/fill-file.js';
import { provide } from './engine/host/on-demand.js';

provide({
  'src/api/engine-parts.js': engineParts,
  'src/api/torch-parts.js': torchParts,
  'src/domain/arithmetic/half.js': half,
  'src/domain/arithmetic/narrow-floats.js': narrowFloats,
  'src/domain/recipes/code-use.js': codeUse,
  'src/engine/fillers/specification-filler.js': specificationFiller,
  'src/engine/simd/bind-narrow.js': bindNarrow,
  'src/engine/simd/bind-whole.js': bindWhole,
  'src/engine/simd/bind64.js': bind64,
  'src/engine/simd/coefficients.js': coefficients,
  'src/engine/simd/matrix-filler.js': matrixFiller,
  'src/engine/simd/operators.js': operators,
  'src/engine/simd/packed-filler.js': packedFiller,
  'src/engine/simd/pattern-filler.js': patternFiller,
  'src/engine/simd/scalar-kernels.js': scalarKernels,
  'src/engine/simd/sparse-filler.js': sparseFiller,
  'src/engine/simd/torch-filler.js': torchFiller,
  'src/storage/inspect/measure-work.js': measureWork,
  'src/storage/verify/compare-work.js': compareWork,
  'src/storage/write/copy-file.js': copyFile,
  'src/storage/write/fill-file.js': fillFile,
});

export * from './index.js';
