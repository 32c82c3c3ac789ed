/**
 * The options of a run, and the states that it goes through.
 * @module
 */
import type { Part } from '../../domain/partition/part.js';
import type { Layout } from '../format/layout.js';
import type { Companion } from '../companions/read-companions.js';
import type { WaitOptions } from '../lock/wait.js';
import type { CompanionFiles } from './companion-files.js';
import type { Journal } from './journal.js';
import type { KeptSources } from '../read/kept-sources.js';
import type { Recorder } from './recorder.js';
import type { RunPlan } from './run-plan.js';
import type { GrowingFile, PublishedFile } from './work-files.js';

export interface WriteOptions extends WaitOptions {
  /** Absolute path of the file, or what the shards' names are made of. */
  readonly path: string;
  /** Replace files that exist. */
  readonly force: boolean;
  /** Continue what an earlier run left, if there is anything. */
  readonly resume: boolean;
  readonly part: Part | undefined;
  /** Take the output even from a process that runs. */
  readonly takeOver: boolean;
  /** The interval at which finished work is recorded. */
  readonly recordIntervalMs: number;
  /** Small files that come beside the weights. */
  readonly companions: readonly Companion[];
  /** Reads the finished files before they get their names. */
  readonly examine: (paths: readonly string[]) => Promise<void>;
}

/** The files that a run writes. */
export interface RunTarget {
  readonly layout: Layout;
  readonly runPlan: RunPlan;
  /** Undefined if this run writes no index: a single file, or a part. */
  readonly index: Layout['index'];
}

/** Everything is ready to be filled: names are free, sources are open, room is reserved, headers are written, the journal is begun. */
export interface PreparedRun extends RunTarget {
  /** In the order of the run plan. */
  readonly files: readonly (GrowingFile | PublishedFile)[];
  readonly sources: KeptSources;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly companions: CompanionFiles;
  /** The index already exists, byte for byte. */
  readonly isIndexKept: boolean;
  /** Elements that an earlier run had written. */
  readonly keptElements: number;
}

/** The state of a run. It owns the lock in every state except the last. */
export type RunState =
  /** Nothing is drawn, and no file is open between two steps: preparing cleans up after itself if it fails. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'prepared'; readonly run: PreparedRun }
  /** Threads write; the recorder syncs and records. */
  | { readonly kind: 'filling'; readonly run: PreparedRun }
  /** All files have their names; the work folder is gone. */
  | { readonly kind: 'finished' };
