/**
 * A crew's thread: gets ready, waits at the barrier, claims pieces until none is left.
 * @module
 */
import { readSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { traceOf } from '#built/base/errors.js';
import { openExactly } from '../open-exactly.js';
import { allocateMemory } from '#built/engine/memory/wasm.js';
import { checkPeer, loadPeer, spoilPeer } from '../../peers/javascript.js';
import { BYTES_PER_ELEMENT } from '../../measure/answer.js';
import { CrewControl, type Action, type CrewReply, type CrewTask, type Work } from './crew-protocol.js';
import { FILL_BYTE, openMemoryFill } from '../memory-fill.js';

/** Does the elements from `start` on; they go to the output's elements from `at` on. */
type DoPiece = (start: number, elementCount: number, at: number) => void;

interface OpenAction {
  readonly doPiece: DoPiece;
  /** @throws  what was done is wrong */
  readonly check?: () => void;
}

async function openAction({ action, byteWidth = BYTES_PER_ELEMENT }: Work): Promise<OpenAction> {
  return action.kind === 'peer' ? await openPeer(action) : { doPiece: openPiece(action, byteWidth) };
}

function openPiece(action: Exclude<Action, { kind: 'peer' }>, byteWidth: number): DoPiece {
  switch (action.kind) {
    case 'memory.fill': {
      const fill = openMemoryFill(action.memory);
      const { byte = FILL_BYTE } = action;
      return (_start, count, at) => {
        fill(at * byteWidth, byte, count * byteWidth);
      };
    }
    case 'array.fill':
      return (_start, count, at) => {
        new Float32Array(action.buffer, at * BYTES_PER_ELEMENT, count).fill(0.5);
      };
    case 'kernel': {
      const { draw, memory } = action;
      const filler = openExactly(action.kernels);
      return (start, count, at) => {
        filler.fillMemory(draw, start, count, memory, at * byteWidth);
      };
    }
    case 'write':
      return openWrite(action, byteWidth);
    case 'read':
      return openRead(action, byteWidth);
    case 'copy':
      return openCopy(action, byteWidth);
    case 'claim':
      return () => undefined;
  }
}

type Scratched = Extract<Action, { readonly kind: 'write' | 'copy' }>;

/** A scratch that kernels fill in place and `take` empties, as in the engine. */
function openScratch(
  { scratchElements, source }: Scratched,
  byteWidth: number,
  take: (bytes: Uint8Array, byteOffset: number) => void,
): DoPiece {
  const memory = allocateMemory(scratchElements * byteWidth);
  if (memory === undefined) throw new Error('This Node runs without WebAssembly');
  const scratch = new Uint8Array(memory.buffer).fill(1);
  const filler = source && openExactly(source.kernels);
  return (start, elementCount, at) => {
    for (let done = 0; done < elementCount; done += scratchElements) {
      const count = Math.min(scratchElements, elementCount - done);
      if (source) filler?.fillMemory(source.draw, start + done, count, memory, 0);
      take(scratch.subarray(0, count * byteWidth), (at + done) * byteWidth);
    }
  };
}

const openWrite = (action: Extract<Action, { kind: 'write' }>, byteWidth: number): DoPiece =>
  openScratch(action, byteWidth, (bytes, position) => {
    writeAll(action.descriptor, bytes, position);
  });

function openCopy(action: Extract<Action, { kind: 'copy' }>, byteWidth: number): DoPiece {
  const out = new Uint8Array(action.buffer);
  return openScratch(action, byteWidth, (bytes, byteOffset) => {
    out.set(bytes, byteOffset);
  });
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += writeSync(descriptor, bytes, written, bytes.byteLength - written, position + written);
  }
}

function openRead(
  { descriptor, scratchElements }: Extract<Action, { kind: 'read' }>,
  byteWidth: number,
): DoPiece {
  const scratch = Buffer.allocUnsafeSlow(scratchElements * byteWidth);
  return (_start, elementCount, at) => {
    for (let done = 0; done < elementCount; done += scratchElements) {
      const count = Math.min(scratchElements, elementCount - done);
      readAll(descriptor, scratch.subarray(0, count * byteWidth), (at + done) * byteWidth);
    }
  };
}

function readAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let read = 0;
  while (read < bytes.byteLength) {
    const count = readSync(descriptor, bytes, read, bytes.byteLength - read, position + read);
    if (count === 0) throw new Error(`The file ends at ${position + read}`);
    read += count;
  }
}

/** A peer's values are checked after its time. */
async function openPeer({ name, buffer }: Extract<Action, { kind: 'peer' }>): Promise<OpenAction> {
  const fill = await loadPeer(name);
  const out = new Float32Array(buffer);
  spoilPeer(out);
  let drawn: Float32Array = out;
  return {
    doPiece: (_start, count, at) => {
      drawn = fill(out.subarray(at, at + count));
    },
    check: () => {
      checkPeer(name, drawn);
    },
  };
}

async function runTask({ work, thread, control: buffer }: CrewTask): Promise<void> {
  const { elementCount, pieceElements, residentElements = elementCount } = work;
  const control = new CrewControl(buffer);
  const { doPiece, check } = await openAction(work);
  reply({ kind: 'ready' });
  control.waitForGo();
  for (;;) {
    const start = control.claim() * pieceElements;
    if (start >= elementCount) break;
    doPiece(start, Math.min(pieceElements, elementCount - start), start % residentElements);
  }
  control.end(thread);
  check?.();
  reply({ kind: 'ended' });
}

function reply(message: CrewReply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (task: CrewTask) => {
  runTask(task).catch((error: unknown) => {
    reply({
      kind: 'failed',
      message: traceOf(error),
    });
  });
});
reply({ kind: 'ready' });
