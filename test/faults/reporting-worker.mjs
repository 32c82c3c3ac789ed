/** A worker that fills nothing and reports, as a failure, the kernels and the memory of its task. */
export default function report(task) {
  const isMemory = task.tensors[0].target.memory instanceof WebAssembly.Memory;
  const found = `${task.kernels.name}, ${isMemory ? 'a memory' : 'no memory'}`;
  return { kind: 'failed', failure: { code: 'IO_FAILED', found, remedy: '', stack: undefined } };
}
