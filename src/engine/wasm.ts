/**
 * The few parts of WebAssembly used here, typed: Node's types have none of it, and the dom library would bring a browser.
 * @module
 */

/** A WebAssembly.Memory with `shared: true`. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
}

const { Memory } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

export const WASM_PAGE_BYTES = 65_536;

/** 4 GiB: what a 32-bit memory can address. */
export const WASM_MAX_PAGES = 65_536;

/** Memory of a fixed size, zeroed; real only once it is written. */
export function allocateMemory(pages: number): SharedMemory {
  return new Memory({ initial: pages, maximum: pages, shared: true });
}
