/**
 * The work that puts a tensor of a checkpoint in its place: drawing it, or copying what is kept.
 * @module
 */
import { at } from '../../base/at.js';
import type { Draw } from '../../domain/draws/draw.js';
import { cutOf } from '../../domain/matrices/panels.js';
import type { Cut } from '../../domain/partition/chunks.js';
import { makeDraw } from '../../domain/recipes/draws.js';
import { DTYPES, type Dtype } from '../../domain/tensors/dtypes.js';
import type { CopiedTensor, DrawnTensor, Target } from '../../engine/jobs/protocol.js';
import type { KeptBytes } from '../format/kept-record.js';
import type { Layout } from '../format/layout.js';
import type { KeptSources } from '../read/kept-sources.js';

/** Where a tensor's bytes come from. */
export type Making =
  | { readonly kind: 'draw'; readonly draw: Draw }
  | { readonly kind: 'copy'; readonly dtype: Dtype; readonly kept: KeptBytes };

/** @param index  of the tensor, in the layout */
export function makingOf(layout: Layout, index: number): Making {
  const tensor = at(layout.tensors, index);
  const kept = layout.kept.get(tensor.name);
  if (kept !== undefined) return { kind: 'copy', dtype: tensor.dtype, kept };
  return { kind: 'draw', draw: makeDraw(layout, tensor, tensor.origin) };
}

/** How threads are best given it: what is copied is cut like most. */
export const cutOfMaking = (making: Making): Cut | undefined =>
  making.kind === 'draw' ? cutOf(making.draw, making.draw.dtype) : undefined;

/**
 * @param target   of the extent's first element
 * @param sources  open for as long as the job runs
 * @param offset   the extent's first element; of elements below 8 bits, one that begins a byte
 */
export function jobTensorOf(
  making: Making,
  target: Target,
  sources: Pick<KeptSources, 'descriptorOf'>,
  offset = 0,
): DrawnTensor | CopiedTensor {
  if (making.kind === 'draw') return { kind: 'draw', draw: making.draw, target };
  const { dtype, kept } = making;
  const position = kept.position + offset * DTYPES[dtype].byteWidth;
  const source = { kind: 'file', descriptor: sources.descriptorOf(kept), path: kept.path, position } as const;
  return { kind: 'copy', dtype, source, target };
}
