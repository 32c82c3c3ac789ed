/**
 * One description of a JSON object from which both its writer and its reader are made, so that neither can know a key that the other
 * does not.
 * @module
 */
import { checkAt, type ValueError } from '../../base/errors.js';
import type { JsonReader } from './json-reader.js';

/** A kind of JSON value: what is written, and how it is read from a text that cannot be trusted. */
export interface JsonForm<T> {
  readonly write: (value: T) => unknown;
  readonly read: (reader: JsonReader) => T;
}

/** A member of an object; undefined is not written. */
export interface Member<T> {
  readonly key: string;
  readonly isRequired: boolean;
  readonly write: (value: T) => unknown;
  /** Absent if the member is written for other programs and skipped here. */
  readonly read?: (reader: JsonReader) => T;
}

export const required = <T>(key: string, form: JsonForm<T>): Member<T> => ({
  ...form,
  key,
  isRequired: true,
});

export const optional = <T>(key: string, form: JsonForm<T>): Member<T> => ({
  ...form,
  key,
  isRequired: false,
});

export const writtenOnly = <T>(key: string, write: (value: T) => unknown): Member<T> => ({
  key,
  isRequired: false,
  write,
});

/** The members of an object, by their names in the code, in the order in which they are written. */
export type Members<T> = { readonly [Name in keyof T]-?: Member<NonNullable<T[Name]>> };

/**
 * The object with these members. Reading skips keys that it does not know.
 * @param refuse  the error for a required member that is missing
 */
export function recordForm<T extends object>(
  members: Members<T>,
  refuse: (found: string) => ValueError,
): JsonForm<T> {
  const named = Object.entries(members as Record<string, Member<unknown>>);
  const byKey = new Map(named.map(([name, { key, read }]) => [key, { name, read }]));
  return {
    write: (record) => {
      const values = record as Readonly<Record<string, unknown>>;
      const present = named.filter(([name]) => values[name] !== undefined);
      return Object.fromEntries(present.map(([name, { key, write }]) => [key, write(values[name])]));
    },
    read: (reader) => {
      const values: Record<string, unknown> = {};
      reader.readObject((key) => {
        const { name, read } = byKey.get(key) ?? {};
        if (name === undefined || read === undefined) reader.skipValue();
        else values[name] = checkAt(key, () => read(reader));
      });
      const missing = named.find(([name, { isRequired }]) => isRequired && values[name] === undefined);
      if (missing !== undefined) throw refuse(`${missing[1].key} is missing.`);
      // Each value is of its member's type, and those that are required are there.
      return values as T;
    },
  };
}

/** A whole number from 0 to 2^53 - 1. */
export const WHOLE: JsonForm<number> = { write: (value) => value, read: (reader) => reader.readWhole() };

export const TEXT: JsonForm<string> = { write: (value) => value, read: (reader) => reader.readString() };
