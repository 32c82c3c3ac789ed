/** The page of other libraries' initialisers: every kind and every name of theirs is on it, and every row has a kind of ours. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INIT_KINDS } from '../../../src/domain/recipes/init.js';

const rows = readFileSync('src/domain/recipes/PEERS.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').slice(1, -1));

const namesIn = (cell = ''): string[] => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name);

/** Public names of torch 2.13.0, jax 0.9, keras 3.15.1, mlx 0.32.4 and @tensorflow/tfjs 4.22.0, aliases of Keras's classes left out. */
const PEERS: readonly (readonly [library: string, column: number, names: string])[] = [
  [
    'torch.nn.init',
    1,
    'constant_ dirac_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ sparse_ trunc_normal_ uniform_ xavier_normal_ xavier_uniform_ zeros_',
  ],
  [
    'jax.nn.initializers',
    2,
    'constant delta_orthogonal glorot_normal glorot_uniform he_normal he_uniform kaiming_normal kaiming_uniform lecun_normal lecun_uniform normal ones orthogonal truncated_normal uniform variance_scaling xavier_normal xavier_uniform zeros',
  ],
  [
    'keras.initializers',
    3,
    'Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal RandomNormal RandomUniform STFT TruncatedNormal VarianceScaling Zeros',
  ],
  [
    'mlx.nn.init',
    4,
    'constant glorot_normal glorot_uniform he_normal he_uniform identity normal orthogonal sparse uniform',
  ],
  [
    'tf.initializers',
    5,
    'constant glorotNormal glorotUniform heNormal heUniform identity leCunNormal leCunUniform ones orthogonal randomNormal randomUniform truncatedNormal varianceScaling zeros',
  ],
];

test('every kind has its row, and no row is without a kind', () => {
  const ours = rows.flatMap(([first]) => namesIn(first));
  expect([...new Set(ours)].sort()).toEqual([...INIT_KINDS].sort());
  for (const [first] of rows) expect(namesIn(first), String(first)).not.toEqual([]);
});

describe.each(PEERS)('%s', (_, column, names) => {
  test.each(names.split(' '))('%s has a row', (name) => {
    expect(rows.flatMap((row) => namesIn(row[column]))).toContain(name);
  });
});
