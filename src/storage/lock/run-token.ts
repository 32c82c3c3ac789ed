/**
 * Names in a work folder. Each owner of the folder has a token of its own, never reused, and every name it makes carries that token, so
 * no path of one owner ever leads to a file of another.
 *
 * A token is a generation, one more than the previous owner's, and 48 random bits: `3-0f5c...`.
 * @module
 */
import { randomBytes } from 'node:crypto';

export type RunToken = string & { readonly kind: 'run token' };

const TOKEN = /^([1-9]\d{0,14})-[0-9a-f]{12}$/;

/** @param before  the previous owner's; undefined if there was none */
export function makeToken(before?: RunToken): RunToken {
  const generation = before === undefined ? 1 : generationOf(before) + 1;
  return `${generation}-${randomBytes(6).toString('hex')}` as RunToken;
}

export function parseToken(text: string): RunToken | undefined {
  return TOKEN.test(text) ? (text as RunToken) : undefined;
}

export const generationOf = (token: RunToken): number => Number(TOKEN.exec(token)?.[1]);

/** A name that carries its owner's token: `shard-1.3-0f5c...`. */
export interface OwnedName {
  readonly stem: string;
  readonly token: RunToken;
}

export const nameOf = (stem: string, token: RunToken): string => `${stem}.${token}`;

/** Undefined if the name carries no token. */
export function parseName(name: string): OwnedName | undefined {
  const dot = name.lastIndexOf('.');
  const token = parseToken(name.slice(dot + 1));
  return dot > 0 && token !== undefined ? { stem: name.slice(0, dot), token } : undefined;
}

/** Sorts the newest first. */
export const byGeneration = (a: { readonly token: RunToken }, b: { readonly token: RunToken }): number =>
  generationOf(b.token) - generationOf(a.token);
