/**
 * The figures of a run, as every summary line lists them.
 * @module
 */
import { DEFAULT_GENERATOR, type GeneratorName } from '../../domain/streams/generators.js';
import { escapeControls } from '../../text/printable.js';
import { formatCount, formatRate, formatSeconds } from '../../text/numbers.js';

export interface RunFigures {
  readonly elementCount: number;
  readonly byteLength: number;
  readonly elapsedMs: number;
  readonly threads: number;
}

/** `12,973,440 elements`, `51,896,568 bytes` */
export const formatSize = ({
  elementCount,
  byteLength,
}: Pick<RunFigures, 'elementCount' | 'byteLength'>): string[] => [
  formatCount(elementCount, 'element'),
  formatCount(byteLength, 'byte'),
];

/** `0.538 s`, `0.10 GB/s`, `2 threads` @param hasRate  false if some bytes were not written in that time */
export const formatSpeed = ({ byteLength, elapsedMs, threads }: RunFigures, hasRate = true): string[] => [
  formatSeconds(elapsedMs),
  ...(hasRate ? [formatRate(byteLength, elapsedMs)] : []),
  formatCount(threads, 'thread'),
];

/** `like hf:OWNER/NAME@COMMIT`, the commit as short as people write it; of a path nothing, which was typed. */
export const formatLike = (label: string | undefined): string[] =>
  label !== undefined && /^(?:hf|https?):/.test(label)
    ? [`like ${escapeControls(label.replace(/@([0-9a-f]{12})[0-9a-f]{28}(?=:|$)/, '@$1'))}`]
    : [];

/** `seed 42`, `generator torch`, where it is not the default one @param seed  undefined where it is not known, or was not chosen */
export const formatGenerator = (generator: GeneratorName, seed: string | undefined): string[] =>
  generator === DEFAULT_GENERATOR
    ? []
    : [...(seed === undefined ? [] : [`seed ${seed}`]), `generator ${generator}`];
