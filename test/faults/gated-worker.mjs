/** A worker whose tasks end at a gate: `task.gate` has two int32 fields, [1 while shut, tasks begun]. */
export default function pass({ gate }) {
  const fields = new Int32Array(gate);
  Atomics.add(fields, 1, 1);
  while (Atomics.load(fields, 0) === 1) Atomics.wait(fields, 0, 1);
  return { kind: 'ended', fallback: undefined };
}
