/**
 * What a TorchGenerator is made of, loaded with the first one.
 * @module
 */
export { seedState, STATE_WORDS } from '../domain/streams/mt19937.js';
export { stateAt } from '../domain/streams/mt19937-words.js';
export { checkSeed } from '../domain/streams/seed.js';
export { torch } from '../domain/streams/torch.js';
export { decodeState, encodeState } from '../domain/torch/generator-state.js';
export { TorchSequence } from '../domain/torch/sequence.js';
