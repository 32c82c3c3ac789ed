/**
 * The cost of writing, verifying, opening and planning a checkpoint.
 * @module
 */
import type { Scale } from '../../measure/scale.js';
import { devNull } from 'node:os';
import { timeCommands, timeOpening } from './opening.js';
import { timeVerifying } from './verifying.js';
import { PLACINGS, timeWriting } from './writing.js';
import type { Answer, LeftOut, Table } from '../../measure/answer.js';
import { cat } from '../../contestants/readers.js';
import { describeFolder, TemporaryFolder } from '../../measure/temporary-files.js';

export async function answer(scale: Scale): Promise<Answer> {
  using folder = new TemporaryFolder();
  const tables: Table[] = [];
  const leftOut: LeftOut[] = [];
  for (const placing of PLACINGS) tables.push(await timeWriting(folder, scale, placing));
  if (await hasCat()) tables.push(...(await timeVerifying(folder, scale)));
  else leftOut.push({ what: 'verifying', why: 'it is compared with cat, which this machine lacks.' });
  const opening = await timeOpening(folder, scale);
  if (opening) tables.push({ kind: 'figures', title: 'Opening Llama-3-70B: 723 tensors', rows: opening });
  else leftOut.push({ what: 'opening', why: 'this file system has no sparse files of 5 GB.' });
  const rows = await timeCommands(folder, scale);
  tables.push({ kind: 'figures', title: 'Commands, from the start of the process to its end', rows });
  return { tables, notes: [...NOTES, describeFolder()], leftOut };
}

const hasCat = async (): Promise<boolean> =>
  await cat(devNull).then(
    () => true,
    () => false,
  );

const NOTES = [
  "Writing: whole calls of writeCheckpoint, into new files: room reserved, header, fill, sync, name. Of writing: the time of threads that write a constant buffer in the same pattern (room, chunks, queues of files, syncs, rename) over the time of the call. GPT-2's own recipe is the normal one; in all of them norms are ones and biases zeros.",
  'Verifying: whole calls of verify. Of cat: the time of `cat FILE > /dev/null`, a process from its start to its end, over the time of the call. Threads that only read take the same chunks and pieces as verify.',
  'All three: drawing, reading and comparing a piece, the next one after that, as verify does: one thread, the largest tensor.',
  'Opening: all headers and the index are read and checked; the files have real headers and holes for tensors. Import and first opening are of a fresh process.',
];
