/**
 * The model that the page's Python makes with the package onnx, written without it: so the modules that run it need no Python. An
 * embedding and a linear layer, whose weights lie in the checkpoint of a report.
 * Numbers of fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** What the model is told of a tensor of the report. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly file: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

type Bytes = readonly number[];

const varint = (value: number): Bytes =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

/** A field of protobuf: a number, or a text or message after its length. */
function field(id: number, value: number | string | Bytes): Bytes {
  if (typeof value === 'number') return [...varint(id * 8), ...varint(value)];
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value;
  return [...varint(id * 8 + 2), ...varint(bytes.length), ...bytes];
}

const fields = (id: number, values: readonly (number | string | Bytes)[]): Bytes =>
  values.flatMap((value) => field(id, value));

const [FLOAT, INT64, INT_ATTRIBUTE, EXTERNAL] = [1, 7, 2, 1];

/** A number is a dimension of that size, a text one that a run decides. */
function valueInfo(name: string, elementType: number, shape: readonly (number | string)[]): Bytes {
  const dims = shape.map((size) => field(typeof size === 'number' ? 1 : 2, size));
  const tensorType = [...field(1, elementType), ...field(2, fields(1, dims))];
  return [...field(1, name), ...field(2, field(1, tensorType))];
}

const node = (operator: string, inputs: readonly string[], output: string, attributes: Bytes = []): Bytes => [
  ...fields(1, inputs),
  ...field(2, output),
  ...field(4, operator),
  ...attributes,
];

function initializer({ name, shape, file, byteOffset, byteLength }: StoredTensor): Bytes {
  const place = { location: file, offset: `${byteOffset}`, length: `${byteLength}` };
  const entries = Object.entries(place).map(([key, value]) => [...field(1, key), ...field(2, value)]);
  return [
    ...fields(1, shape),
    ...field(2, FLOAT),
    ...field(8, name),
    ...fields(13, entries),
    ...field(14, EXTERNAL),
  ];
}

const TRANSPOSE_B = field(5, [...field(1, 'transB'), ...field(3, 1), ...field(20, INT_ATTRIBUTE)]);

export function tinyModel(tensors: readonly StoredTensor[]): Uint8Array {
  const nodes = [
    node('Gather', ['embed.weight', 'input_ids'], 'hidden'),
    node('Gemm', ['hidden', 'head.weight', 'head.bias'], 'logits', TRANSPOSE_B),
  ];
  const graph = [
    ...fields(1, nodes),
    ...field(2, 'tiny'),
    ...fields(5, tensors.map(initializer)),
    ...field(11, valueInfo('input_ids', INT64, ['n'])),
    ...field(12, valueInfo('logits', FLOAT, ['n', 10])),
  ];
  const [version, operators] = [10, [...field(1, ''), ...field(2, 21)]];
  return Uint8Array.from([...field(1, version), ...field(7, graph), ...field(8, operators)]);
}
