/** One source to one module, as `tsc` writes it, with the places of each in the other. */
import ts from 'typescript';

const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  sourceMap: true,
};

/** @returns `{ code, map }`: the module and its source map, as JSON */
export function transpile(path, text) {
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    compilerOptions: OPTIONS,
    fileName: path,
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*\n?$/, ''), map: JSON.parse(sourceMapText) };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base 64, five bits a digit, the lowest first, the sign in the lowest bit: the format of source maps, version 3. */
function decodeDigits(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

const lineStarts = (text) => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];

/** @returns `[{ built, source }]`: offsets that belong together, in the order of the module */
export function places({ code, map }, text) {
  const [built, source] = [lineStarts(code), lineStarts(text)];
  const found = [];
  let [line, column] = [0, 0];
  for (const [row, segments] of map.mappings.split(';').entries()) {
    let at = 0;
    for (const segment of segments.split(',').filter((part) => part !== '')) {
      const [step, , lines = 0, columns = 0] = decodeDigits(segment);
      at += step;
      line += lines;
      column += columns;
      found.push({ built: built[row] + at, source: source[line] + column });
    }
  }
  return found;
}
