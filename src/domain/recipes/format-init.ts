/**
 * An initialiser as one short line of text.
 * @module
 */
import { writeNumber } from '../../base/wording.js';
import { isDefault, type InitJson } from './init.js';

/** `wage(bits=2, factor=1)`: defaults are left out. */
export function formatInit({ kind, ...parameters }: InitJson): string {
  const listed = Object.entries(parameters)
    .filter(([key, value]) => !isDefault(kind, key, value))
    .map(([key, value]) => `${key}=${formatValue(value)}`);
  return listed.length === 0 ? kind : `${kind}(${listed.join(', ')})`;
}

const formatValue = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(writeNumber(value)));
