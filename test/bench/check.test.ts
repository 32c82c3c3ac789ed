import { expect, test } from 'vitest';
import { drawOf, shapeOf } from '../../bench/contestants/subjects.js';
import { proofIn } from '../../bench/measure/check.js';
import { DRAWN_DTYPES } from '../../bench/questions/kernels/dtypes.js';
import { fillRange } from '../../src/domain/draws/draw.js';
import { completeInit } from '../../src/domain/recipes/init.js';
import { DTYPES, elementsAt } from '../../src/domain/tensors/dtypes.js';

const LENGTH = 70_000;
const codes = completeInit({ kind: 'wage', bits: 2, codes: true });
const uniform = completeInit({ kind: 'uniform', low: -1, high: 1 });

test.each(DRAWN_DTYPES)('one wrong bit of a %s, and one unwritten element, are noticed', (dtype) => {
  const { byteWidth } = DTYPES[dtype];
  const data = elementsAt(dtype, new SharedArrayBuffer(LENGTH * byteWidth), 0, LENGTH);
  const draw = drawOf(dtype === 'int8' ? codes : uniform, shapeOf(LENGTH), { dtype });
  const { spoil, check } = proofIn(data, draw);
  const checkIt = (): void => {
    check('it');
  };
  fillRange(draw, 0, data);
  expect(checkIt).not.toThrow();
  const bytes = new Uint8Array(data.buffer);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(checkIt).toThrow(`it: element ${LENGTH - 1} differs from the specification`);
  spoil();
  fillRange(draw, 1, data.subarray(1));
  expect(checkIt).toThrow('it: element 0 differs from the specification');
});
