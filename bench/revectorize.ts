/**
 * What does V8's experimental wasm revectorizer (256-bit registers for 128-bit kernels) give?
 * @module
 */
import { execFileSync } from 'node:child_process';
import type { Answer, Table } from './harness/answer.js';
import type { Question } from './harness/question.js';
import { runProbe } from './harness/spawn.js';

const FLAG = '--experimental-wasm-revectorize';

export const revectorize: Question = {
  name: 'revectorize',
  asks: "What does V8's experimental wasm revectorizer give?",
  async answer(scale): Promise<Answer> {
    if (!hasFlag()) {
      const why = `Node ${process.version} does not know V8's flag ${FLAG}. Node 24 does on x64: run this bench with it.`;
      return { tables: [], notes: [], leftOut: [{ what: 'kernels with the revectorizer', why }] };
    }
    const tables: Table[] = [];
    for (const isOn of [true, false]) {
      const probed = await runProbe<Table[]>('kernel-throughput', scale.isQuick ? ['quick'] : [], {
        JUMPFILL_REVECTORIZE: isOn ? '1' : '0',
      });
      const state = isOn ? 'JUMPFILL_REVECTORIZE=1' : 'without it';
      tables.push(...probed.map((table) => ({ ...table, title: `${table.title}, ${state}` })));
    }
    return {
      tables,
      notes: [
        'Two processes, one after the other: compare the ratios to the fill, which each took for itself.',
      ],
    };
  },
};

function hasFlag(): boolean {
  const options = execFileSync(process.execPath, ['--v8-options'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  return options.includes(FLAG);
}
