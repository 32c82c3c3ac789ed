/** The checks on a peer's values, before its time counts. */
import { expect, test } from 'vitest';
import { checkPeer, loadPeer, spoilPeer } from '../../bench/peers/javascript.js';
import { PEER_WORK } from '../../bench/peers/works.js';

const UNIFORM = 'Math.random loop';
const NORMAL = 'Math.random, Box-Muller, rejection';
const COUNT = 10_000;

test.each([UNIFORM, NORMAL] as const)('%s: its values are accepted', async (name) => {
  const out = new Float32Array(COUNT);
  spoilPeer(out);
  const fill = await loadPeer(name);
  expect(() => {
    checkPeer(name, fill(out));
  }).not.toThrow();
});

test.each([
  ['nothing written', (out: Float32Array) => out, 'its element 0 is NaN'],
  ['all equal', (out: Float32Array) => out.fill(0.01), 'all its elements are equal'],
  ['not finite', (out: Float32Array) => out.fill(Infinity), 'its element 0 is Infinity'],
  ['beyond two standard deviations', (out: Float32Array) => out.fill(2.1 * PEER_WORK.std), 'beyond'],
])('%s is refused', (_, fill, message) => {
  const out = new Float32Array(COUNT);
  spoilPeer(out);
  expect(() => {
    checkPeer(NORMAL, fill(out));
  }).toThrow(message);
});
