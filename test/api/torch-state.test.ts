/** The bytes of TorchGenerator's state: what is read, what is set, and what is refused. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { Engine, TorchGenerator } from 'jumpfill';
import { skipWords } from '../support/skip-words.js';

const engine = new Engine({ threads: 2, seed: 1n });
afterAll(async () => {
  await engine.close();
});

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Byte positions in a state: src/domain/torch/generator-state.ts. */
const LEFT = 8;
const SEEDED = 12;
const NEXT = 16;
const WORDS = 24;
const NORMAL = 5024;
const HAS_NORMAL = 5040;
const PADDING = 5044;
const FLOAT_NORMAL = 5048;
const HAS_FLOAT_NORMAL = 5052;

/** A state with other bytes. */
function alter(change: (view: DataView) => void): Uint8Array {
  const bytes = new TorchGenerator(9).getState();
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('a state', () => {
  test('is given back as it was set, at any position, and goes on with the same words', async () => {
    const generator = new TorchGenerator(11);
    for (const words of [0, 1, 622, 1, 1, 623, 624, 100_000, 2 ** 21]) {
      await skipWords(engine, generator, words);
      const other = new TorchGenerator(0);
      other.setState(generator.getState());
      expect(hash(other.getState())).toBe(hash(generator.getState()));
      const ahead = generator.clone();
      await skipWords(engine, ahead, 2000);
      await skipWords(engine, other, 2000);
      expect(hash(other.getState())).toBe(hash(ahead.getState()));
    }
  });

  test('may be a Buffer, or lie in the middle of a buffer', () => {
    const state = new TorchGenerator(-3).getState();
    const around = new Uint8Array(state.length + 3);
    around.set(state, 3);
    for (const bytes of [Buffer.from(state), around.subarray(3)]) {
      const generator = new TorchGenerator(0);
      generator.setState(bytes);
      expect(generator.initialSeed).toBe(2n ** 64n - 3n);
      expect(generator.getState()).toEqual(state);
    }
  });

  test('belongs to its reader: writing to what was set or read changes no generator', () => {
    const generator = new TorchGenerator(1);
    const bytes = generator.getState();
    generator.setState(bytes);
    bytes.fill(0);
    generator.getState().fill(0);
    expect(generator.getState()).toEqual(new TorchGenerator(1).getState());
  });

  test('keeps both cached normals that torch has room for', async () => {
    const state = alter((view) => {
      view.setFloat64(NORMAL, -1.25, true);
      view.setInt32(HAS_NORMAL, 1, true);
      view.setFloat32(FLOAT_NORMAL, 0.5, true);
      view.setUint8(HAS_FLOAT_NORMAL, 1);
    });
    const generator = new TorchGenerator(0);
    generator.setState(state);
    expect(generator.getState()).toEqual(state);
    await skipWords(engine, generator, 10);
    const after = generator.clone().getState();
    expect(after.subarray(NORMAL)).toEqual(state.subarray(NORMAL));
  });

  test('drops what torch drops: unused normals and padding', () => {
    const generator = new TorchGenerator(0);
    const noise = alter((view) => {
      for (const unused of [NORMAL - 8, NORMAL, NORMAL + 8, PADDING, FLOAT_NORMAL]) view.setInt32(unused, 77);
    });
    generator.setState(noise);
    expect(generator.getState()).toEqual(new TorchGenerator(9).getState());
  });

  const STATES = [
    ['is not seeded', { [SEEDED]: 0 }],
    ['has left 0', { [LEFT]: 0 }],
    ['has left 625', { [LEFT]: 625 }],
    ['has more words left than its block', { [LEFT]: 2 }],
    ['has a next of 625', { [NEXT]: 625 }],
    ['has a next of 2^32', { [NEXT + 4]: 1 }],
    ['has a next that disagrees with left', { [NEXT]: 1 }],
    ['has a word of more than 32 bits', { [WORDS + 8 * 623 + 4]: 1 }],
    ['has a flag of 2', { [HAS_NORMAL]: 2 }],
    ['has a second flag of 2', { [HAS_FLOAT_NORMAL]: 2 }],
    ['has a cached normal that is infinite', { [NORMAL + 4]: 0x7ff00000, [HAS_NORMAL]: 1 }],
    ['has a cached normal of 9, further out than any', { [NORMAL + 4]: 0x40220000, [HAS_NORMAL]: 1 }],
    ['has a second cached normal that is infinite', { [FLOAT_NORMAL]: 0x7f800000, [HAS_FLOAT_NORMAL]: 1 }],
  ] as const;
  test.each(STATES)('that %s is refused, and the generator stays as it was', (_, changes) => {
    const generator = new TorchGenerator(4);
    const before = generator.getState();
    const state = alter((view) => {
      for (const [byte, value] of Object.entries(changes)) view.setInt32(Number(byte), value, true);
    });
    const set = (): void => {
      generator.setState(state);
    };
    expect(set).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }) as Error);
    expect(generator.getState()).toEqual(before);
  });

  test.each([
    new Uint8Array(5055),
    new Uint8Array(5057),
    new Uint8Array(0),
    new Float64Array(632),
    [],
    'state',
  ])('that is no 5056 bytes is refused: %#', (bytes) => {
    const set = (): void => {
      new TorchGenerator(4).setState(bytes as never);
    };
    expect(set).toThrow(expect.objectContaining({ code: 'BAD_BUFFER' }) as Error);
  });
});
