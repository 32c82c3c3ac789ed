/**
 * The ceiling: `memory.fill`, the one WebAssembly instruction that writes a run of equal bytes. No kernel can store faster.
 *
 *     (module
 *       (import "e" "m" (memory 0 65536 shared))
 *       (func (export "fill") (param i32 i32 i32)
 *         (memory.fill (local.get 0) (local.get 1) (local.get 2))))
 *
 * By hand, because twenty instructions' worth of bytes need no tool to build them.
 * @module
 */
import type { SharedMemory } from '#built/engine/memory/wasm.js';

const MODULE_BYTES = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00], // types: (i32, i32, i32) -> ()
  ...[0x02, 0x0b, 0x01, 0x01, 0x65, 0x01, 0x6d, 0x02, 0x03, 0x00, 0x80, 0x80, 0x04], // imports: "e" "m", shared memory
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x07, 0x08, 0x01, 0x04, 0x66, 0x69, 0x6c, 0x6c, 0x00, 0x00], // exports: "fill"
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00], // code: one body of 11 bytes, no locals
  ...[0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfc, 0x0b, 0x00, 0x0b], // local.get 0 1 2, memory.fill, end
]);

/**
 * The byte of the fill. Not 0: an AMD EPYC of family 26 stores zeros at 57 GB/s and any other byte at 34 (one thread, 1 GiB,
 * Node 20.20), and no kernel's values are zeros.
 */
export const FILL_BYTE = 0x3f;

export const MEMORY_FILL = 'memory.fill';

/** For the notes of tables whose ceiling it is. */
export const FILL_NOTE = `The fill is of bytes that are not zero (0x${FILL_BYTE.toString(16)}): some processors store zeros faster, and no kernel's values are zeros.`;

type FillMemory = (byteOffset: number, byte: number, byteLength: number) => void;

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { e: { m: SharedMemory } },
  ) => { exports: { fill: FillMemory } };
}

const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
const module = new Module(MODULE_BYTES);

/** Offsets and lengths as unsigned 32-bit numbers: a length of 2^32 does not fit in one call. */
export function openMemoryFill(memory: SharedMemory): FillMemory {
  return new Instance(module, { e: { m: memory } }).exports.fill;
}
