/**
 * Regular expressions as programs: steps that take a character, and steps between characters that say where to go on.
 * Source: R. Cox, Regular Expression Matching: the Virtual Machine Approach, https://swtch.com/~rsc/regexp/regexp2.html
 * @module
 */
import { ValueError } from '../../errors.js';
import { show } from '../words.js';
import { parseRegExp, type Assertion, type Expression } from './syntax.js';

/** Of a program: where a step does not say otherwise, the next one follows. */
export type Step =
  | { readonly kind: 'one'; readonly accepts: (codePoint: number) => boolean }
  | { readonly kind: 'assertion'; readonly source: Assertion }
  /** Both ways. */
  | { readonly kind: 'split'; readonly to: number; readonly or: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'end' };

/** Each may have to be looked at for every character of a name. */
const MAX_STEPS = 20_000;

/**
 * @throws {ValueError} BAD_SPEC: no regular expression, one that takes more than linear time, or too large a one
 */
export const compileProgram = (source: string): readonly Step[] =>
  new Compiler(source).compile(parseRegExp(source));

class Compiler {
  readonly #steps: Step[] = [];
  readonly #ones = new Map<string, (codePoint: number) => boolean>();

  constructor(readonly source: string) {}

  compile(expression: Expression): readonly Step[] {
    this.#emit(expression);
    this.#add({ kind: 'end' });
    return this.#steps;
  }

  #add(step: Step): number {
    if (this.#steps.length < MAX_STEPS) return this.#steps.push(step) - 1;
    const found = `The pattern ${show(`re:${this.source}`)} has more than ${MAX_STEPS} steps once its repetitions are written out.`;
    throw new ValueError('BAD_SPEC', found, 'Repeat less, or make several rules of it.');
  }

  #emit(expression: Expression): void {
    switch (expression.kind) {
      case 'one':
        this.#add({ kind: 'one', accepts: this.#acceptOne(expression.source) });
        break;
      case 'assertion':
        this.#add(expression);
        break;
      case 'sequence':
        for (const item of expression.items) this.#emit(item);
        break;
      case 'choice':
        this.#emitChoice(expression.options);
        break;
      case 'repeat':
        this.#emitRepeat(expression.item, expression.least, expression.most);
    }
  }

  /** Of each but the last: a split to the next, itself, and a jump behind all. */
  #emitChoice(options: readonly Expression[]): void {
    const jumps = options.slice(0, -1).map((option) => {
      const split = this.#add({ kind: 'end' });
      this.#emit(option);
      const jump = this.#add({ kind: 'end' });
      this.#steps[split] = { kind: 'split', to: split + 1, or: this.#steps.length };
      return jump;
    });
    for (const last of options.slice(-1)) this.#emit(last);
    for (const jump of jumps) this.#steps[jump] = { kind: 'jump', to: this.#steps.length };
  }

  #emitRepeat(item: Expression, least: number, most: number): void {
    for (let i = 0; i < least; i++) if (this.#emitCopy(item) === 0) return;
    if (most === Infinity) {
      this.#emitLoop(item);
      return;
    }
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.#add({ kind: 'end' }));
      if (this.#emitCopy(item) === 0) break;
    }
    const or = this.#steps.length;
    for (const split of splits) this.#steps[split] = { kind: 'split', to: split + 1, or };
  }

  /** @returns how many steps it has; of nothing, a thousand copies are nothing */
  #emitCopy(item: Expression): number {
    const before = this.#steps.length;
    this.#emit(item);
    return this.#steps.length - before;
  }

  #emitLoop(item: Expression): void {
    const split = this.#add({ kind: 'end' });
    this.#emit(item);
    this.#add({ kind: 'jump', to: split });
    this.#steps[split] = { kind: 'split', to: split + 1, or: this.#steps.length };
  }

  /** JavaScript says which characters; each is asked for once. */
  #acceptOne(source: string): (codePoint: number) => boolean {
    const known = this.#ones.get(source);
    if (known !== undefined) return known;
    const pattern = new RegExp(`^${source}$`, 'u');
    const answers = new Map<number, boolean>();
    const accepts = (codePoint: number): boolean => {
      const answer = answers.get(codePoint) ?? pattern.test(String.fromCodePoint(codePoint));
      answers.set(codePoint, answer);
      return answer;
    };
    this.#ones.set(source, accepts);
    return accepts;
  }
}
