/** A report with everything that a page can show: every kind of picture, wrong tensors, hostile names. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, type InspectReport } from 'jumpfill';
import { makeFolder } from './folder.js';
import { readSafetensors } from './safetensors.js';

export const HOSTILE = `<script>document.title='ran'</script><img src=x onerror="document.title='ran'">&lt;"'\u202e`;

const SPEC = {
  seed: 7,
  tensors: [
    { name: 'normal', shape: [200, 300], dtype: 'bfloat16', init: { kind: 'normal', std: 0.02 } },
    {
      name: 'model.layers.0.a_very_long_name_without_end.self_attention.query_projection.weight',
      shape: [64, 512],
      init: { kind: 'xavier_uniform' },
    },
    { name: 'x'.repeat(200), shape: [64, 64], init: { kind: 'truncated_normal', low: 1, high: 'inf' } },
    { name: HOSTILE, shape: [64, 64], init: { kind: 'uniform', low: -1, high: 2 } },
    { name: 'codes2', shape: [128, 90], dtype: 'int8', init: { kind: 'wage', bits: 2, codes: true } },
    { name: 'codes8', shape: [128, 54], dtype: 'int8', init: { kind: 'wage', bits: 8, codes: true } },
    { name: 'ones', shape: [512], init: { kind: 'ones' } },
    { name: 'zeros', shape: [512], init: { kind: 'zeros' } },
    { name: 'empty', shape: [0, 3], init: { kind: 'zeros' } },
    { name: 'scalar', shape: [], dtype: 'float64', init: { kind: 'constant', value: 1e-9 } },
    { name: 'damaged', shape: [100, 100], init: { kind: 'normal' } },
    { name: 'scaled', shape: [200, 500], init: { kind: 'normal', std: 0.1 } },
  ],
};

export async function inspectEverything(): Promise<InspectReport> {
  const out = join(makeFolder(), 'a & b <c>.safetensors');
  await using engine = new Engine({ threads: 2 });
  await engine.writeCheckpoint(SPEC, { out });
  damage(out);
  return await engine.inspectCheckpoint(out);
}

function damage(path: string): void {
  const bytes = readFileSync(path);
  const { tensors } = readSafetensors(path);
  for (const { name, begin, shape } of tensors) {
    if (name === 'damaged') [NaN, Infinity, 50].forEach((x, i) => bytes.writeFloatLE(x, begin + 4 * i));
    if (name !== 'scaled') continue;
    const end = begin + 4 * shape.reduce((product, size) => product * size, 1);
    for (let at = begin; at < end; at += 4) bytes.writeFloatLE(bytes.readFloatLE(at) * 1.4 + 0.05, at);
  }
  writeFileSync(path, bytes);
}

/** The same with standard deviations and scales that are far apart, and levels that are close together at one end. */
export function makeExtreme(report: InspectReport): InspectReport {
  const tensors = report.tensors.map((tensor, i) => {
    const { name, dtype, shape, elementCount, byteLength, file, figures, verdict } = tensor;
    if (figures === undefined || tensor.histogram === undefined) return tensor;
    const std = 1.2345 * 10 ** (7 * i - 30);
    const [low, high] = [-1.23456e-7 * std, 1.23456 * std];
    return {
      ...{ name, dtype, shape, elementCount, byteLength, file, verdict },
      figures: { ...figures, std },
      stored: { weightScale: 2 ** (4 * i - 20) },
      histogram: { ...tensor.histogram, low, high },
      ...(tensor.levels && {
        levels: [
          [low, 0.2],
          [0, 0.3],
          [high, 0.5],
        ] as const,
      }),
    };
  });
  return { ...report, tensors };
}

/** Repeats the tensors, as a checkpoint of that many tensors. */
export function repeat(report: InspectReport, count: number): InspectReport {
  const tensors = Array.from({ length: count }, (_, i) => {
    const tensor = report.tensors[i % report.tensors.length];
    if (tensor === undefined) throw new RangeError('no tensors');
    return { ...tensor, name: `model.layers.${i}.${tensor.name.slice(0, 30)}` };
  });
  return { ...report, tensors };
}
