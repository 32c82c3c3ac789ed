/** The rows of the tables in src/storage/format/FILES_OF_OTHERS.md, with their bytes. */
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../src/storage/format/FILES_OF_OTHERS.md', import.meta.url), 'utf8');
const [, headers = '', indices = ''] = page.split(/^## .*$/m);

const NOTATION =
  /⟨(?<count>\d+) × (?<unit>(?:[^⟨⟩]|⟨[0-9a-f]{2}⟩)*)⟩|⟨(?<byte>[0-9a-f]{2})⟩|⟨length (?<length>\d+)⟩|(?<file>⟨file⟩)|(?<text>[^⟨]+)/gy;

function rowsOf(table) {
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codeOf = (cell) => cell.replace(/^`(.*)`$/, '$1');

/** The bytes, the length that the notation gives for them, if any, and whether they are the whole file. */
function parse(notation) {
  const pieces = [];
  let length;
  let isFile = false;
  let end = 0;
  for (const { 0: all, groups } of notation.matchAll(NOTATION)) {
    end += all.length;
    if (groups.count !== undefined) pieces.push(repeat(groups.unit, Number(groups.count)));
    else if (groups.byte !== undefined) pieces.push(Buffer.from(groups.byte, 'hex'));
    else if (groups.length !== undefined) length = BigInt(groups.length);
    else if (groups.file !== undefined) isFile = true;
    else pieces.push(Buffer.from(groups.text));
  }
  if (end !== notation.length) throw new Error(`not in the page's notation: ${notation.slice(end)}`);
  return { bytes: Buffer.concat(pieces), length, isFile };
}

function repeat(unit, count) {
  if (unit.includes('#')) {
    return Buffer.from(Array.from({ length: count }, (_, i) => unit.replace('#', String(i))).join(''));
  }
  const { bytes } = parse(unit);
  return Buffer.alloc(count * bytes.length, bytes);
}

function makeBytes(notation, dataBytes) {
  const { bytes, length = BigInt(bytes.length), isFile } = parse(notation);
  if (isFile) return bytes;
  const before = Buffer.alloc(8);
  before.writeBigUInt64LE(length);
  return Buffer.concat([before, bytes, Buffer.alloc(dataBytes)]);
}

export const headerRows = headers
  .split(/^### /m)
  .slice(1)
  .flatMap((part) => {
    const [section] = part.split('\n');
    return rowsOf(part)
      .slice(1)
      .map(([what, header, data, official, here, reason]) => ({
        ...{ section, what, official, here, reason },
        makeBytes: () => makeBytes(codeOf(header), Number(data)),
      }));
  });

export const indexRows = rowsOf(indices)
  .slice(1)
  .map(([what, index, here, reason]) => ({ what, index: codeOf(index), here, reason }));

export const officialVersion = /safetensors\) ([0-9.]+):/.exec(page)?.[1] ?? '';
