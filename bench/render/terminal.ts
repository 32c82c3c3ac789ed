/**
 * An answer on a terminal: aligned tables, then how to read them.
 * @module
 */
import type { Answer, NamedAnswer, Table } from '../measure/answer.js';
import { at } from '#built/base/at.js';
import { tabulate, type TextColumn } from './cells.js';

export type Style = (format: 'bold' | 'dim' | 'cyan', text: string) => string;

type Titled = Answer & Pick<NamedAnswer, 'name' | 'asks'>;

export function formatAnswer({ name, asks, tables, notes, leftOut = [] }: Titled, style: Style): string {
  const sections = [
    `${style('cyan', name)}: ${asks}`,
    ...tables.map((table) => `${style('bold', table.title)}\n${formatTable(table, style)}`),
    notes.map((note) => style('dim', `- ${note}`)).join('\n'),
    leftOut.map(({ what, why }) => `left out: ${what}: ${why}`).join('\n'),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

const formatTable = (table: Table, style: Style): string => formatColumns(tabulate(table), style);

export function formatColumns(columns: readonly TextColumn[], style: Style): string {
  const padded = columns.map(({ title, align, cells }) => {
    const width = Math.max(title.length, ...cells.map(({ length }) => length));
    const pad = (text: string): string => (align === 'left' ? text.padEnd(width) : text.padStart(width));
    return { title: pad(title), cells: cells.map(pad) };
  });
  const join = (cells: readonly string[]): string => cells.join('  ').trimEnd();
  const header = style('dim', join(padded.map(({ title }) => title)));
  const rows = padded[0]?.cells.map((_, row) => join(padded.map(({ cells }) => at(cells, row)))) ?? [];
  return [header, ...rows].join('\n');
}
