/**
 * The examples of the page "Use it with", executed in its order and in one folder, and what the page says about memory. Those whose
 * packages are not there are skipped with a word: `npm run test:use-with` installs them first.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Block } from '../support/pages.js';
import { EXAMPLES, promisedBy, ROWS } from './page.js';
import { INSTALLED, makeProject, writeModel, runBlock } from './project.js';

const folder = join(INSTALLED, 'examples');

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  makeProject(folder);
});

/** Whether it runs the model of an example that has made none, since Python has no onnx. */
const needsModel = ({ language, text }: Block): boolean =>
  language === 'js' && text.includes("'model.onnx'") && !existsSync(join(folder, 'model.onnx'));

type Skip = (note: string) => never;

/** What a block prints; the test that runs it is skipped if a package is missing. */
function linesOf(block: Block, skip: Skip): readonly string[] {
  const outcome = runBlock(block, folder);
  return outcome.kind === 'printed' ? outcome.lines : skip(`there is no ${outcome.what}`);
}

test.for(EXAMPLES)('$title: the example prints what its comments say', ({ blocks }, { skip }) => {
  for (const block of blocks) {
    const promised = promisedBy(block);
    if (needsModel(block)) writeModel(folder, 'model.onnx');
    const lines = linesOf(block, skip);
    if (promised.length > 0) expect(lines).toEqual(promised);
  }
});

const python = (text: string): Block => ({ language: 'python', text });
const js = (text: string): Block => ({ language: 'js', text });

const CHECK_MODEL = `
import numpy, onnx, onnxruntime
onnx.checker.check_model('by-hand.onnx', full_check=True)
[logits] = onnxruntime.InferenceSession('by-hand.onnx').run(None, {'input_ids': numpy.array([3, 5])})
[others] = onnxruntime.InferenceSession('model.onnx').run(None, {'input_ids': numpy.array([3, 5])})
print(numpy.array_equal(logits, others))
`;

test('the model that stands in where Python has no onnx computes the same', ({ skip }) => {
  writeModel(folder, 'by-hand.onnx');
  expect(linesOf(python(CHECK_MODEL), skip)).toEqual(['True']);
});

/** Programs that read the file and hold what they read. */
const READERS: Readonly<Record<string, Block>> = {
  numpy: python("import numpy\nheld = numpy.memmap('model.safetensors')"),
  pytorch: python("from safetensors.torch import load_file\nheld = load_file('model.safetensors')"),
  jax: python("from safetensors.flax import load_file\nheld = load_file('model.safetensors')"),
  mlx: python("import mlx.core as mx\nheld = mx.load('model.safetensors')\nmx.eval(held)"),
  candle: python("from candle.utils import load_safetensors\nheld = load_safetensors('model.safetensors')"),
  onnx: python("import onnxruntime\nheld = onnxruntime.InferenceSession('model.onnx')"),
  'onnxruntime-node': js(
    "import { InferenceSession } from 'onnxruntime-node';\nawait InferenceSession.create('model.onnx');",
  ),
  transformersjs: js(`
import { AutoModel, env } from '@huggingface/transformers';
Object.assign(env, { allowRemoteModels: false, localModelPath: '.' });
await AutoModel.from_pretrained('tiny', { dtype: 'fp32', subfolder: '' });`),
};

/** Asks the operating system what the process has mapped. */
const ASK_MAPPED: Readonly<Record<string, string>> = {
  python: "\nprint('model.safetensors' in open('/proc/self/maps').read())",
  js: `
import { readFileSync } from 'node:fs';
console.log(readFileSync('/proc/self/maps', 'utf8').includes('model.safetensors') ? 'True' : 'False');`,
};

const readers = ROWS.filter(({ anchor }) => anchor in READERS);

test.runIf(process.platform === 'linux').for(readers)(
  '$anchor: the file is mapped if the table says so, and only then',
  ({ anchor, memory }, { skip }) => {
    const { language, text } = READERS[anchor] ?? expect.fail(anchor);
    const lines = linesOf({ language, text: text + (ASK_MAPPED[language] ?? '') }, skip);
    expect(lines).toEqual([memory.startsWith('mapped') ? 'True' : 'False']);
  },
);

test('what is written to a tensor of PyTorch stays in the process', ({ skip }) => {
  const before = readFileSync(join(folder, 'model.safetensors'));
  const write = "w = load_file('model.safetensors')['head.weight']\nprint(w.zero_().abs().sum().item())";
  expect(linesOf(python(`from safetensors.torch import load_file\n${write}`), skip)).toEqual(['0.0']);
  expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(before);
});

const LOAD_64_BITS = `
import numpy, warnings
from safetensors.flax import load_file
from safetensors.numpy import save_file
save_file({'integer': numpy.array([2**40 + 5]), 'float': numpy.array([1 / 3])}, '64.safetensors')
warnings.simplefilter('error')
tensors = load_file('64.safetensors')
print(tensors['integer'].dtype, tensors['integer'][0], tensors['float'].dtype)
`;

test('JAX halves the bits of what has 64, without a warning', ({ skip }) => {
  expect(linesOf(python(LOAD_64_BITS), skip)).toEqual(['int32 5 float32']);
});

const WRITE_NARROW = `
import { openCheckpoint, toFloat32, writeCheckpoint } from 'jumpfill';

const tensors = ['bfloat16', 'float8_e4m3fn', 'float8_e5m2'].map((dtype) => ({ name: dtype, shape: [4], dtype }));
const report = await writeCheckpoint(
  { seed: 42, default: { init: { kind: 'normal' } }, tensors },
  { out: 'narrow.safetensors', force: true },
);
const checkpoint = await openCheckpoint('narrow.safetensors');
for (const { name, byteOffset } of report.tensors)
  console.log(name, byteOffset, ...toFloat32(await checkpoint.tensor(name)));
`;

const READ_NARROW = `
import ml_dtypes, numpy
for line in open('narrow.txt'):
    name, position, *values = line.split()
    found = numpy.memmap('narrow.safetensors', getattr(ml_dtypes, name), 'r', int(position), (4,))
    print(found.astype(float).tolist() == [float(value) for value in values])
`;

test('NumPy with ml_dtypes reads bfloat16 and 8-bit floats as toFloat32 does', ({ skip }) => {
  writeFileSync(join(folder, 'narrow.txt'), linesOf(js(WRITE_NARROW), skip).join('\n'));
  expect(linesOf(python(READ_NARROW), skip)).toEqual(['True', 'True', 'True']);
});

/** The file changes between the loading of a tensor and its first use. */
const USE_LATE = `
import mlx.core as mx, shutil
shutil.copy('model.safetensors', 'late.safetensors')
bias = mx.load('late.safetensors')['head.bias']
with open('late.safetensors', 'r+b') as file:
    file.seek(-4, 2)
    file.write(b'\\x00\\x00\\x80\\x3f')
print(bias[9].item())
`;

test('MLX reads a tensor when it is first used', ({ skip }) => {
  expect(linesOf(python(USE_LATE), skip)).toEqual(['1.0']);
});

/** An input, then an output, in shared memory. */
const RUN_SHARED = `
import { SharedTensor } from 'jumpfill';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create('model.onnx');
const [ids, logits] = [SharedTensor.empty([2], { dtype: 'int64' }), SharedTensor.empty([2, 10])];
const shared = { input_ids: new Tensor('int64', ids.data, [2]) };
const ordinary = { input_ids: new Tensor('int64', ids.data.slice(), [2]) };
const expected = (await session.run(ordinary)).logits.data;
const run = async (...parameters) => {
  const { data } = (await session.run(...parameters)).logits;
  return data.every((value, i) => value === expected[i]) ? 'equal' : 'different';
};
const word = ({ message }) => message;
console.log(await run(shared).catch(word));
console.log(await run(ordinary, { logits: new Tensor('float32', logits.data, [2, 10]) }).catch(word));
console.log(logits.data.every((value, i) => value === expected[i]));
`;

test('onnxruntime-node refuses shared memory on Node 20, and later uses it in place', ({ skip }) => {
  const isOld = process.versions.node.startsWith('20.');
  const word = isOld ? 'Invalid argument' : 'equal';
  expect(linesOf(js(RUN_SHARED), skip)).toEqual([word, word, `${!isOld}`]);
});

const KEEP_SHARED = `
import * as tf from '@tensorflow/tfjs';
import { SharedTensor } from 'jumpfill';

const w = SharedTensor.empty([4]);
const tensor = tf.tensor(w.data, w.shape);
w.data[0] = 7;
console.log(tensor.dataSync()[0]);
`;

test('tf.tensor keeps the array that it is given', ({ skip }) => {
  expect(linesOf(js(KEEP_SHARED), skip)).toEqual(['7']);
});
