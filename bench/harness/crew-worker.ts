/**
 * A crew's thread: makes itself ready, waits at the barrier, claims pieces until none is left.
 * @module
 */
import { writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { openOnly } from './open-only.js';
import { allocateMemory } from '#built/engine/wasm.js';
import { loadPeer } from '../peers/javascript.js';
import { BYTES_PER_ELEMENT } from './answer.js';
import { CrewControl, type Action, type CrewReply, type CrewTask } from './crew-protocol.js';
import { FILL_BYTE, openMemoryFill } from './memory-fill.js';

type DoPiece = (start: number, elementCount: number) => void;

async function openAction(action: Action): Promise<DoPiece> {
  switch (action.kind) {
    case 'memory.fill': {
      const fill = openMemoryFill(action.memory);
      return (start, count) => {
        fill(start * BYTES_PER_ELEMENT, FILL_BYTE, count * BYTES_PER_ELEMENT);
      };
    }
    case 'array.fill':
      return (start, count) => {
        new Float32Array(action.buffer, start * BYTES_PER_ELEMENT, count).fill(0.5);
      };
    case 'kernel': {
      const { draw, memory } = action;
      const filler = openOnly(action.kernels);
      return (start, count) => {
        filler.fillMemory(draw, start, count, memory, start * BYTES_PER_ELEMENT);
      };
    }
    case 'write':
      return openWrite(action);
    case 'peer': {
      const fill = await loadPeer(action.name);
      return (start, count) => {
        fill(new Float32Array(action.buffer, start * BYTES_PER_ELEMENT, count));
      };
    }
    case 'claim':
      return () => undefined;
  }
}

/** As the engine does: a scratch that kernels fill in place, written from there. */
function openWrite({ descriptor, scratchElements, source }: Extract<Action, { kind: 'write' }>): DoPiece {
  const memory = allocateMemory(scratchElements * BYTES_PER_ELEMENT);
  if (memory === undefined) throw new Error('This Node runs without WebAssembly');
  const scratch = new Uint8Array(memory.buffer).fill(1);
  const filler = source && openOnly(source.kernels);
  return (start, elementCount) => {
    for (let done = 0; done < elementCount; done += scratchElements) {
      const count = Math.min(scratchElements, elementCount - done);
      if (source) filler?.fillMemory(source.draw, start + done, count, memory, 0);
      writeAll(
        descriptor,
        scratch.subarray(0, count * BYTES_PER_ELEMENT),
        (start + done) * BYTES_PER_ELEMENT,
      );
    }
  };
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += writeSync(descriptor, bytes, written, bytes.byteLength - written, position + written);
  }
}

async function runTask({ work, thread, control: buffer }: CrewTask): Promise<void> {
  const { elementCount, pieceElements, action } = work;
  const control = new CrewControl(buffer);
  const doPiece = await openAction(action);
  reply({ kind: 'ready' });
  control.waitForGo();
  for (;;) {
    const start = control.claim() * pieceElements;
    if (start >= elementCount) break;
    doPiece(start, Math.min(pieceElements, elementCount - start));
  }
  control.end(thread);
  reply({ kind: 'ended' });
}

function reply(message: CrewReply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (task: CrewTask) => {
  runTask(task).catch((error: unknown) => {
    reply({
      kind: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});
reply({ kind: 'ready' });
