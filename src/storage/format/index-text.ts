/**
 * The text of an index: which tensor is in which file, and how much there is of all.
 *
 * Keys are sorted and indented as `transformers` writes them, whose `metadata` has `total_parameters`, a number of elements, before
 * `total_size`, a number of bytes. Source: `save_pretrained`,
 * https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_utils.py
 * @module
 */

/** A tensor, and the file that holds it. */
export type IndexEntry = readonly [tensor: string, file: string];

/** Of all tensors. */
export interface Totals {
  readonly byteLength: number;
  /** Undefined: not told, as 0.4 and huggingface_hub do not tell it. */
  readonly elementCount?: number;
}

export function totalsOf(
  tensors: readonly { readonly byteLength: number; readonly elementCount: number }[],
): Required<Totals> {
  return {
    byteLength: tensors.reduce((sum, { byteLength }) => sum + byteLength, 0),
    elementCount: tensors.reduce((sum, { elementCount }) => sum + elementCount, 0),
  };
}

/** Joined by hand: an object would move names like "10" to the front, and lose "__proto__". */
export function formatIndex(
  entries: readonly IndexEntry[],
  { byteLength, elementCount }: Totals,
): Uint8Array {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const places = sorted.map(([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`);
  const totals = [
    ...(elementCount === undefined ? [] : [`    "total_parameters": ${elementCount}`]),
    `    "total_size": ${byteLength}`,
  ];
  const text = `{\n  "metadata": {\n${totals.join(',\n')}\n  },\n  "weight_map": {\n${places.join(',\n')}\n  }\n}\n`;
  return new TextEncoder().encode(text);
}
