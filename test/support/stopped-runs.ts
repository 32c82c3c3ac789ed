/** Runs in this process that end before their files have names, as if they had been killed. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import type { Engine, Progress, WriteCheckpointOptions } from 'jumpfill';
import { describeSelf } from '../../src/storage/lock/lock-owner.js';

/** Leaves a run that has written and recorded everything, but named nothing. */
export async function stopBeforeNames(
  engine: Engine,
  spec: object,
  out: string,
  options: Omit<WriteCheckpointOptions, 'out'> = {},
): Promise<void> {
  const controller = new AbortController();
  const onProgress = ({ doneElements, totalElements }: Progress): void => {
    if (doneElements === totalElements)
      setImmediate(() => {
        controller.abort('enough');
      });
  };
  const given = { resume: true, recordIntervalMs: 0, checksum: true, ...options };
  const run = engine.writeCheckpoint(spec, { ...given, out, signal: controller.signal, onProgress });
  await expect(run).rejects.toBe('enough');
}

/** Makes the owner of a work folder look dead. */
export function forgetOwner(work: string): void {
  const names = existsSync(work) ? readdirSync(work, { recursive: true }) : [];
  for (const name of names.map(String)) {
    if (!basename(name).startsWith('owner.')) continue;
    const owner = { ...describeSelf(), instance: undefined, started: '1' };
    writeFileSync(join(work, name), JSON.stringify(owner));
  }
}
