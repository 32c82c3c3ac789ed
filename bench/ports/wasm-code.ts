/**
 * Reads the instructions of a WebAssembly module's exported functions: as much of the format as the SIMD kernels use
 * (https://webassembly.github.io/spec/core/binary/).
 * @module
 */
import { SIMD_NAMES } from './simd-opcodes.js';

export interface Instruction {
  /** `f32x4.add`; of an instruction that needs no telling apart, its class: `scalar`. */
  readonly name: string;
  /** Lanes of a shuffle; the value of a constant, where it is a whole number. */
  readonly lanes?: readonly number[];
  readonly value?: number;
}

/** Reads bytes, numbers as LEB128, and names. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Of 32 bits. */
  signed(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) return shift < 32 && (byte & 0x40) !== 0 ? value | (-1 << shift) : value;
    }
  }

  skip(count: number): void {
    this.at += count;
  }

  take(count: number): Uint8Array {
    return this.bytes.subarray(this.at, (this.at += count));
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.number()));
  }
}

const HEADER_BYTES = 8;
const SECTION = { imports: 2, exports: 7, code: 10 } as const;
const FUNCTION = 0;

/** Exported functions by their names. */
export function readFunctions(bytes: Uint8Array): ReadonlyMap<string, readonly Instruction[]> {
  let imported = 0;
  let names: readonly (readonly [name: string, index: number])[] = [];
  let bodies: readonly (readonly Instruction[])[] = [];
  for (let reader = new Reader(bytes, HEADER_BYTES); !reader.isAtEnd;) {
    const section = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (section === SECTION.imports) imported = countImportedFunctions(reader);
    if (section === SECTION.exports) names = readExports(reader);
    if (section === SECTION.code) bodies = readMany(reader, readBody);
    reader = new Reader(bytes, end);
  }
  return new Map(names.map(([name, index]) => [name, bodies[index - imported] ?? []]));
}

const readMany = <T>(reader: Reader, read: (reader: Reader) => T): T[] =>
  Array.from({ length: reader.number() }, () => read(reader));

function readExports(reader: Reader): (readonly [name: string, index: number])[] {
  const all = readMany(reader, () => ({ name: reader.name(), kind: reader.byte(), index: reader.number() }));
  return all.filter(({ kind }) => kind === FUNCTION).map(({ name, index }) => [name, index] as const);
}

const IMPORTED = { table: 1, memory: 2, global: 3 } as const;

function countImportedFunctions(reader: Reader): number {
  const kinds = readMany(reader, () => {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === FUNCTION) reader.number();
    if (kind === IMPORTED.global) reader.skip(2);
    if (kind === IMPORTED.table) reader.skip(1);
    if (kind === IMPORTED.memory || kind === IMPORTED.table) {
      const hasMaximum = (reader.byte() & 1) !== 0;
      reader.number();
      if (hasMaximum) reader.number();
    }
    return kind;
  });
  return kinds.filter((kind) => kind === FUNCTION).length;
}

function readBody(reader: Reader): Instruction[] {
  const size = reader.number();
  const end = reader.at + size;
  readMany(reader, () => {
    reader.number();
    reader.byte();
  });
  const instructions: Instruction[] = [];
  while (reader.at < end) instructions.push(readInstruction(reader));
  return instructions;
}

const SIMD_PREFIX = 0xfd;
const MISCELLANEOUS_PREFIX = 0xfc;
const LAST_CONVERSION = 7;
const MEMORIES: Readonly<Record<number, number>> = { 10: 2, 11: 1 };

/** Instructions whose names matter, and those that are followed by numbers. */
const CONTROL: Readonly<Record<number, string>> = {
  0x02: 'block',
  0x03: 'loop',
  0x04: 'if',
  0x05: 'else',
  0x0b: 'end',
};

function readInstruction(reader: Reader): Instruction {
  const code = reader.byte();
  if (code === SIMD_PREFIX) return readSimd(reader);
  const control = CONTROL[code];
  if (control !== undefined) {
    if (code <= 0x04) reader.signed();
    return { name: control };
  }
  return readScalar(reader, code);
}

function readScalar(reader: Reader, code: number): Instruction {
  // br, br_if, call
  if (code === 0x0c || code === 0x0d || code === 0x10) {
    reader.number();
    return { name: ['br', 'br_if', '', '', 'call'][code - 0x0c] ?? '' };
  }
  // local.get, local.set, local.tee; global.get, global.set
  if (code >= 0x20 && code <= 0x24) {
    reader.number();
    return { name: code < 0x23 ? 'local' : code === 0x23 ? 'global.get' : 'global.set' };
  }
  // Loads and stores: alignment and offset.
  if (code >= 0x28 && code <= 0x3e) {
    reader.number();
    reader.number();
    return { name: code < 0x36 ? 'load' : 'store' };
  }
  if (code === 0x41) return { name: 'const', value: reader.signed() };
  if (code === 0x42) {
    reader.number();
    return { name: 'const' };
  }
  if (code === 0x43 || code === 0x44) {
    reader.skip(code === 0x43 ? 4 : 8);
    return { name: 'const' };
  }
  if (code === MISCELLANEOUS_PREFIX) return readMiscellaneous(reader);
  const names: Readonly<Record<number, string>> = {
    0x00: 'unreachable',
    0x0f: 'return',
    0x1a: 'drop',
    0x1b: 'select',
  };
  return { name: names[code] ?? 'scalar' };
}

/** Conversions to integers, which are followed by nothing, and copies and fills of memory, by the numbers of memories. */
function readMiscellaneous(reader: Reader): Instruction {
  const number = reader.number();
  if (number <= LAST_CONVERSION) return { name: 'scalar' };
  const memories = MEMORIES[number];
  if (memories === undefined) throw new Error(`A kernel has the instruction 0xfc ${number}`);
  reader.skip(memories);
  return { name: 'bulk memory' };
}

function readSimd(reader: Reader): Instruction {
  const number = reader.number();
  const name = SIMD_NAMES[number];
  if (name === undefined) throw new Error(`There is no SIMD instruction ${number}`);
  if (name === 'i8x16.shuffle') return { name, lanes: [...reader.take(16)] };
  if (name === 'v128.const') reader.skip(16);
  if (/^v128\.(load|store)/.test(name)) {
    reader.number();
    reader.number();
    if (name.endsWith('_lane')) reader.skip(1);
  } else if (name.includes('_lane')) reader.skip(1);
  return { name };
}
