/** One line on a terminal, written over itself and gone at the end. */
import { expect, test } from 'vitest';
import { ProgressBar } from '#built/cli/output/progress-bar.js';

function makeTerminal(columns: number): { readonly stream: NodeJS.WriteStream; readonly written: string[] } {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { stream: { isTTY: true, columns, write } as unknown as NodeJS.WriteStream, written };
}

test('headers are counted in one line, which work takes over and the end clears', () => {
  const { stream, written } = makeTerminal(80);
  const bar = ProgressBar.on(stream);
  bar?.showHeaders({ doneFiles: 0, totalFiles: 1 });
  bar?.showHeaders({ doneFiles: 12, totalFiles: 30 });
  bar?.show({ doneElements: 1, totalElements: 2 });
  bar?.clear();
  bar?.clear();
  expect(written.slice(0, 2)).toEqual([
    '\r\x1b[2Kreading headers: 0 of 1 file',
    '\r\x1b[2Kreading headers: 12 of 30 files',
  ]);
  expect(written.slice(2).map((line) => line.slice(0, 6))).toEqual(['\r\x1b[2K[', '\r\x1b[2K']);
});

test('a line is never longer than the terminal, and there is none where there is no terminal', () => {
  const { stream, written } = makeTerminal(10);
  ProgressBar.on(stream)?.showHeaders({ doneFiles: 1, totalFiles: 2 });
  expect(written).toEqual(['\r\x1b[2Kreading h']);
  expect(ProgressBar.on({ ...stream, isTTY: false } as unknown as NodeJS.WriteStream)).toBeUndefined();
});
