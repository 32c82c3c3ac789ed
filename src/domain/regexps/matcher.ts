/**
 * Matches regular expressions in time proportional to the name: all ways through the expression are walked at once, a
 * character at a time, and where a character leads is remembered. JavaScript's own RegExp tries the ways one after another,
 * of which there may be 2^n.
 * Source: R. Cox, Regular Expression Matching Can Be Simple And Fast, https://swtch.com/~rsc/regexp/regexp1.html
 * @module
 */
import { compileProgram, type Step } from './program.js';
import type { Assertion } from './syntax.js';

/**
 * @param source  a regular expression as with the flag u
 * @returns       whether a whole name matches
 * @throws {ValueError} BAD_SPEC: no regular expression, one that takes more than linear time, or too large a one
 */
export function compileRegExp(source: string): (name: string) => boolean {
  const walker = new Walker(compileProgram(source));
  return (name) => walker.matches(name);
}

/** Where a name has no character: before the first, behind the last. */
const NOTHING = -1;

/** Somewhere in a name: all that the characters before have left to know. */
interface State {
  /** Steps to go on from, in order, each once. */
  readonly starts: readonly number[];
  /** The character before, or another of its kind: a word's or not. */
  readonly before: number;
  /** By the character that comes next. */
  readonly next: Map<number, State>;
}

/** Steps of the states that are remembered; beyond, it begins anew. */
const MAX_REMEMBERED = 200_000;

class Walker {
  readonly #seen: Uint8Array;
  readonly #first: State = { starts: [0], before: NOTHING, next: new Map() };
  readonly #states = new Map<string, State>();
  #remembered = 0;

  constructor(readonly steps: readonly Step[]) {
    this.#seen = new Uint8Array(steps.length);
  }

  matches(name: string): boolean {
    let state = this.#first;
    for (let at = 0; at < name.length;) {
      const codePoint = name.codePointAt(at) ?? NOTHING;
      state = state.next.get(codePoint) ?? this.#move(state, codePoint);
      if (state.starts.length === 0) return false;
      at += codePoint > 0xffff ? 2 : 1;
    }
    return this.#follow(state, NOTHING).some((at) => this.steps[at]?.kind === 'end');
  }

  /** The state behind a character. */
  #move(state: State, codePoint: number): State {
    const starts = this.#follow(state, codePoint)
      .filter((at) => {
        const step = this.steps[at];
        return step?.kind === 'one' && step.accepts(codePoint);
      })
      .map((at) => at + 1)
      .sort((a, b) => a - b);
    this.#remembered += 1 + starts.length;
    if (this.#remembered > MAX_REMEMBERED) this.#forget();
    const next = this.#intern(starts, isWord(codePoint) ? WORD : SPACE);
    state.next.set(codePoint, next);
    return next;
  }

  #intern(starts: readonly number[], before: number): State {
    const key = `${before}:${starts.join()}`;
    const state = this.#states.get(key) ?? { starts, before, next: new Map<number, State>() };
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    this.#states.clear();
    this.#first.next.clear();
    this.#remembered = 0;
  }

  /** Through all that takes no character, to the steps that take one, or end. */
  #follow({ starts, before }: State, after: number): readonly number[] {
    const open = [...starts];
    const reached: number[] = [];
    this.#seen.fill(0);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#seen[at] === 1) continue;
      this.#seen[at] = 1;
      const step = this.steps[at];
      if (step?.kind === 'jump') open.push(step.to);
      else if (step?.kind === 'split') open.push(step.to, step.or);
      else if (step?.kind === 'assertion') {
        if (holds(step.source, before, after)) open.push(at + 1);
      } else reached.push(at);
    }
    return reached;
  }
}

const WORD = 0x61;
const SPACE = 0x20;

function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case '^':
      return before === NOTHING;
    case '$':
      return after === NOTHING;
    case '\\b':
      return isWord(before) !== isWord(after);
    case '\\B':
      return isWord(before) === isWord(after);
  }
}

const isWord = (codePoint: number): boolean =>
  codePoint !== NOTHING && /^\w$/.test(String.fromCodePoint(codePoint));
