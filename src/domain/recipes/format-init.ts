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

/** Of a list or of an initialiser within this one: longer texts are cut. */
const MAX_NESTED = 60;

function formatValue(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  const written = writeNumber(value);
  return typeof written === 'string' || typeof written === 'number' ? String(written) : formatNested(written);
}

function formatNested(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_NESTED ? `${text.slice(0, MAX_NESTED)}…` : text;
}
