/**
 * An initialiser as one short line of text.
 * @module
 */
import { writeNumber } from '../../base/wording.js';
import { INIT_PARAMETERS, type Init, type Parameter } from './init.js';

/** `wage(bits=2, factor=1)`: what is not the default. */
export function formatInit({ kind, ...parameters }: Init): string {
  const known: Readonly<Record<string, Parameter>> = INIT_PARAMETERS[kind];
  const isDefault = (key: string, value: unknown): boolean => {
    const parameter = known[key];
    return parameter !== undefined && 'default' in parameter && parameter.default === value;
  };
  const listed = Object.entries(parameters)
    .filter(([key, value]) => !isDefault(key, value))
    .map(([key, value]) => `${key}=${String(writeNumber(value))}`);
  return listed.length === 0 ? kind : `${kind}(${listed.join(', ')})`;
}
