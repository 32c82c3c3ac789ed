/**
 * Reads a model's `config.json`, as transformers writes it. It is as untrusted as anything from elsewhere: a key that is looked at must have the
 * right type and lie within bounds; all others are never looked at.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';
import { show } from '../../base/wording.js';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** No model has a standard deviation or a factor beyond. */
const WIDTHS: Bounds = { min: 0, max: 10_000 };
const COUNTS: Bounds = { min: 1, max: 10_000_000 };
const SCALARS: Bounds = { min: -1e9, max: 1e9 };
const LONGEST_TEXT = 100;

export class ModelConfig {
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @param value  the parsed JSON
   * @param where  for messages: `config.json`, `config.json: text_config`
   * @throws {ValueError} BAD_CHECKPOINT: not an object
   */
  constructor(
    value: unknown,
    readonly where = 'config.json',
  ) {
    if (!isPlainObject(value))
      throw refuse(where, show(value), 'It must be an object, as save_pretrained of transformers writes it.');
    this.#values = value;
  }

  /** A null is as good as a key that is missing. */
  #find(keys: readonly string[]): readonly [key: string, value: unknown] | undefined {
    for (const key of keys) {
      const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
      if (value !== undefined && value !== null) return [key, value];
    }
    return undefined;
  }

  /** Whether the key is there, even if it is null. */
  has(key: string): boolean {
    return Object.hasOwn(this.#values, key);
  }

  #number(keys: readonly string[], { min, max }: Bounds, what: string): number | undefined {
    const [key, value] = this.#find(keys) ?? [];
    if (key === undefined) return undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw refuse(`${this.where}: ${key}`, show(value), `It must be ${what} from ${min} to ${max}.`);
  }

  /** The first of the keys that is there. @throws {ValueError} BAD_CHECKPOINT: not a number, or none that a width can be */
  width(...keys: readonly string[]): number | undefined {
    return this.#number(keys, WIDTHS, 'a number');
  }

  /** @throws {ValueError} BAD_CHECKPOINT */
  scalar(...keys: readonly string[]): number | undefined {
    return this.#number(keys, SCALARS, 'a number');
  }

  /** A whole number from 1. @throws {ValueError} BAD_CHECKPOINT */
  count(...keys: readonly string[]): number | undefined {
    const value = this.#number(keys, COUNTS, 'a whole number');
    if (value === undefined || Number.isInteger(value)) return value;
    throw refuse(`${this.where}: ${keys.join(' or ')}`, show(value), 'It must be a whole number.');
  }

  /** @throws {ValueError} BAD_CHECKPOINT: not a text, or a long one */
  text(key: string): string | undefined {
    const [, value] = this.#find([key]) ?? [];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
    throw refuse(
      `${this.where}: ${key}`,
      show(value),
      `It must be a text of at most ${LONGEST_TEXT} characters.`,
    );
  }

  /** @throws {ValueError} BAD_CHECKPOINT: neither true nor false */
  flag(key: string): boolean | undefined {
    const [, value] = this.#find([key]) ?? [];
    if (value === undefined || typeof value === 'boolean') return value;
    throw refuse(`${this.where}: ${key}`, show(value), 'It must be true or false.');
  }

  /** How many a list has; undefined if it is no list. */
  lengthOf(key: string): number | undefined {
    const [, value] = this.#find([key]) ?? [];
    return Array.isArray(value) && value.length > 0 ? value.length : undefined;
  }

  /** An object within. @throws {ValueError} BAD_CHECKPOINT: something else */
  part(key: string): ModelConfig | undefined {
    const [, value] = this.#find([key]) ?? [];
    return value === undefined ? undefined : new ModelConfig(value, `${this.where}: ${key}`);
  }
}

const refuse = (where: string, found: string, remedy: string): ValueError =>
  new ValueError('BAD_CHECKPOINT', `${where} is ${found}.`, `${remedy} Mend it, or write rules in a spec.`);
