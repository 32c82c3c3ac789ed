/**
 * An answer on a terminal: aligned tables, then how to read them.
 * @module
 */
import type { Answer, NamedAnswer, Table } from '../measure/answer.js';
import { tabulate } from './cells.js';

export type Style = (format: 'bold' | 'dim' | 'cyan', text: string) => string;

type Titled = Answer & Pick<NamedAnswer, 'name' | 'asks'>;

export function formatAnswer({ name, asks, tables, notes, leftOut = [] }: Titled, style: Style): string {
  const parts = [
    `${style('cyan', name)}: ${asks}`,
    ...tables.map((table) => `${style('bold', table.title)}\n${formatTable(table, style)}`),
    notes.map((note) => style('dim', `- ${note}`)).join('\n'),
    leftOut.map(({ what, why }) => `left out: ${what}: ${why}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function formatTable(table: Table, style: Style): string {
  const columns = tabulate(table).map(({ title, align, cells }) => {
    const width = Math.max(title.length, ...cells.map(({ length }) => length));
    const pad = (text: string): string => (align === 'left' ? text.padEnd(width) : text.padStart(width));
    return { title: pad(title), cells: cells.map(pad) };
  });
  const join = (cells: readonly (string | undefined)[]): string => cells.join('  ').trimEnd();
  const header = style('dim', join(columns.map(({ title }) => title)));
  return [header, ...table.rows.map((_, row) => join(columns.map(({ cells }) => cells[row])))].join('\n');
}
