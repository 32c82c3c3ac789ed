/**
 * The kernels question in a separate process, for flags that must be set before a kernel is compiled.
 * Parameters: `quick` or nothing.
 * @module
 */
import type { KernelSet } from '#built/engine/choice/open-filler.js';
import type { Table } from '../measure/answer.js';
import { FASTEST } from '../contestants/kernel-sets.js';
import { chooseScale, shrink } from '../measure/scale.js';
import { answer } from '../questions/kernels/kernels.js';

export interface KernelThroughput {
  /** The kernels that an engine here fills with. */
  readonly kernels: KernelSet;
  readonly tables: readonly Table[];
}

const scale = chooseScale(process.argv[2] === 'quick');
const { tables } = await answer(shrink(scale, scale.elements, 5000));
const result: KernelThroughput = { kernels: FASTEST.name, tables };
process.stdout.write(JSON.stringify(result));
