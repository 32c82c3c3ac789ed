/**
 * An initialiser in a file's metadata. It is read without knowing the kinds: a spec's checks decide later whether it is an initialiser.
 * What no initialiser contains is refused here, before it fills the memory: the text may come from anyone.
 * @module
 */
import { checkAt } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { writeInit, type Init } from '../../domain/recipes/init.js';
import { MOST_INIT_VALUES } from '../../domain/recipes/init-size.js';
import type { JsonReader } from './json-reader.js';
import type { JsonForm } from './json-record.js';
import { refuseMetadata } from './metadata-errors.js';

/** Initialisers have fewer members, and shorter strings. */
const MAX_MEMBERS = 32;
const MAX_LENGTH = 256;

/** An initialiser within an initialiser's rows, with a list of its own, is five levels deep. */
const MAX_DEPTH = 8;

/** Written as in a spec. */
export const INIT: JsonForm<object> = {
  write: (init) => writeInit(init as Init),
  read: (reader) => new NestedReader(reader).readObject(),
};

/** Reads one initialiser, and counts what is in it. */
class NestedReader {
  readonly #reader: JsonReader;
  #depth = 0;
  #values = 0;

  constructor(reader: JsonReader) {
    this.#reader = reader;
  }

  readObject(): object {
    const members: [string, unknown][] = [];
    this.#descend(() => {
      this.#reader.readObject((key) => {
        checkLength(key);
        members.push([key, checkAt(key, () => this.#readValue())]);
        if (members.length > MAX_MEMBERS) throw refuseMetadata(`it has more than ${MAX_MEMBERS} members.`);
      });
    });
    return Object.fromEntries(members);
  }

  #readArray(): readonly unknown[] {
    const items: unknown[] = [];
    this.#descend(() => {
      this.#reader.readArray(() => {
        items.push(this.#readValue());
      });
    });
    return items;
  }

  #readValue(): unknown {
    if (++this.#values > MOST_INIT_VALUES)
      throw refuseMetadata(`it has more than ${MOST_INIT_VALUES} values.`);
    const kind = this.#reader.nextKind();
    if (kind === 'object') return this.readObject();
    if (kind === 'array') return this.#readArray();
    const value = this.#reader.readScalar();
    checkLength(value);
    return value;
  }

  #descend(read: () => void): void {
    if (++this.#depth > MAX_DEPTH) throw refuseMetadata(`it is nested more than ${MAX_DEPTH} deep.`);
    read();
    this.#depth--;
  }
}

function checkLength(value: unknown): void {
  if (typeof value === 'string' && value.length > MAX_LENGTH)
    throw refuseMetadata(`${show(value)} has more than ${MAX_LENGTH} characters.`);
}
