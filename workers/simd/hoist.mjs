/**
 * Moves the vector constants of a function to variables at its start. V8's newer pipeline (Turboshaft, in Node 24) makes a constant where it
 * stands, in up to five instructions: within a loop, again for every group. It knows a variable that is set once for the constant
 * that it is, so that a permutation by it still takes one instruction.
 * @module
 */

const CONSTANT = /\(v128\.const i32x4(?: 0x[0-9a-f]{8}){4}\)/g;

/** @returns the module with every function's constants in variables */
export async function hoistConstants(bytes) {
  const { default: binaryen } = await import('assemblyscript/binaryen');
  const given = binaryen.readBinary(bytes);
  const text = given.emitText();
  given.dispose();
  const hoisted = binaryen.parseText(
    text
      .split(/^(?= \(func )/m)
      .map(hoistIn)
      .join(''),
  );
  hoisted.setFeatures(binaryen.Features.All);
  const result = hoisted.emitBinary();
  hoisted.dispose();
  return result;
}

/** @param text  a function as Binaryen prints it, or what stands before the first */
function hoistIn(text) {
  if (!text.startsWith(' (func ') || !text.includes('(loop')) return text;
  const constants = [...new Set(text.match(CONSTANT))];
  if (constants.length === 0) return text;
  const [, head, body] = /^( \(func .*\n(?:  \(local .*\n)*)([^]*)$/.exec(text);
  const name = (constant) => `$constant${constants.indexOf(constant)}`;
  const locals = constants.map((constant) => `  (local ${name(constant)} v128)\n`);
  const sets = constants.map((constant) => `  (local.set ${name(constant)} ${constant})\n`);
  return (
    head + locals.join('') + sets.join('') + body.replace(CONSTANT, (found) => `(local.get ${name(found)})`)
  );
}
