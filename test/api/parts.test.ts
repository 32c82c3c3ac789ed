import { afterEach, expect, test, vi } from 'vitest';
import { Engine, parsePart } from 'jumpfill';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('parsePart reads the environment that it gets, by default the environment of the process', () => {
  vi.stubEnv('AWS_BATCH_JOB_ARRAY_INDEX', '2');
  expect(parsePart('auto/8')).toEqual({ part: 3, parts: 8 });
  expect(parsePart('auto/8', { JOB_COMPLETION_INDEX: '0' })).toEqual({ part: 1, parts: 8 });
});

test.each([undefined, null, 2, { part: 1, parts: 2 }])('parsePart(%o) says that it takes text', (text) => {
  expect(() => parsePart(text as unknown as string)).toThrow(
    /^parsePart: the text is .* Pass text, such as "2\/8"\./,
  );
});

test.each(['writeCheckpoint', 'planCheckpoint'] as const)('%s says what a part is', async (method) => {
  await using engine = new Engine({ threads: 1, seed: 1 });
  const spec = { default: { init: { kind: 'zeros' } }, tensors: [{ name: 'a', shape: [1] }] };
  const part = [1, 2] as unknown as string;
  await expect(engine[method](spec, { out: 'nowhere/m.safetensors', part })).rejects.toThrow(
    `${method}: part is [1,2]. Pass { part: 2, parts: 8 }, or "2/8".`,
  );
});
