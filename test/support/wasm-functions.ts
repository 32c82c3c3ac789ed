/** The functions of a WebAssembly module: where their code lies, and what they are called. */

export interface WasmFunction {
  /** What it is exported as; otherwise `function` and its number among the module's own. */
  readonly name: string;
  /** The first byte of its code, and the first byte after it. */
  readonly begin: number;
  readonly end: number;
}

/** Reads bytes, numbers as LEB128, and names. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  name(): string {
    const length = this.number();
    return new TextDecoder().decode(this.bytes.subarray(this.at, (this.at += length)));
  }
}

const HEADER_BYTES = 8;
const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
const EXPORTED_FUNCTION = 0;

export function listFunctions(bytes: Uint8Array, importedFunctions: number): WasmFunction[] {
  let names = new Map<number, string>();
  let bodies: [begin: number, end: number][] = [];
  for (let reader = new Reader(bytes, HEADER_BYTES); reader.at < bytes.length;) {
    const section = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (section === EXPORT_SECTION) names = readNames(reader);
    if (section === CODE_SECTION) bodies = readBodies(reader);
    reader = new Reader(bytes, end);
  }
  return bodies.map(([begin, end], i) => ({
    name: names.get(importedFunctions + i) ?? `function ${i}`,
    begin,
    end,
  }));
}

function readNames(reader: Reader): Map<number, string> {
  const names = new Map<number, string>();
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.name();
    const isFunction = reader.byte() === EXPORTED_FUNCTION;
    const index = reader.number();
    if (isFunction) names.set(index, name);
  }
  return names;
}

function readBodies(reader: Reader): [number, number][] {
  const bodies: [number, number][] = [];
  for (let left = reader.number(); left > 0; left--) {
    const size = reader.number();
    bodies.push([reader.at, reader.at + size]);
    reader.at += size;
  }
  return bodies;
}
