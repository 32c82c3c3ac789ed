/**
 * The kernels question in a process of its own, for the sake of flags that are set before a kernel is compiled. Prints its
 * tables. Parameters: `quick` or nothing.
 * @module
 */
import { chooseScale } from '../harness/scale.js';
import { kernels } from '../kernels.js';

const answer = await kernels.answer(chooseScale(process.argv[2] === 'quick'));
process.stdout.write(JSON.stringify(answer.tables));
