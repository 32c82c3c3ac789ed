/**
 * WebAssembly as far as it is used here, typed: Node's types lack it, and the dom library would bring a browser.
 * @module
 */

/** A WebAssembly.Memory, as the dom library types it: it may be shared, but its type does not tell. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** A WebAssembly.Memory with `shared: true`. */
export interface SharedMemory extends WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Compiled code. Crosses threads, which then share the machine code as well. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** A WebAssembly.Global. */
export interface WasmGlobal {
  value: number;
}

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: object) => { readonly exports: unknown };
}

/** Missing under `node --jitless`. */
const { WebAssembly } = globalThis as unknown as { WebAssembly?: WebAssemblyApi };

export const WASM_PAGE_BYTES = 65_536;

/** 4 GiB: what a 32-bit memory can address. */
export const WASM_MAX_BYTES = 2 ** 32;

/**
 * Zeroed memory, real only once it is written. Undefined where WebAssembly is missing, for more than it can address, and where
 * there is no room: each memory reserves some 10 GiB of addresses, regardless of its size.
 */
export function allocateMemory(byteLength: number): SharedMemory | undefined {
  if (WebAssembly === undefined || byteLength > WASM_MAX_BYTES) return undefined;
  const pages = Math.ceil(byteLength / WASM_PAGE_BYTES);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function isSharedMemory(value: unknown): value is SharedMemory {
  return (
    WebAssembly !== undefined &&
    value instanceof WebAssembly.Memory &&
    value.buffer instanceof SharedArrayBuffer
  );
}

/** @throws {Error} WebAssembly is missing, or the processor lacks what the code needs */
export function compile(bytes: Uint8Array): WasmModule {
  return new (requireWebAssembly().Module)(bytes);
}

export function instantiate(module: WasmModule, imports: object): unknown {
  return new (requireWebAssembly().Instance)(module, imports).exports;
}

function requireWebAssembly(): WebAssemblyApi {
  if (WebAssembly === undefined) throw new Error('this Node runs without WebAssembly');
  return WebAssembly;
}
