/**
 * What a rule's pattern captures of a name, for the rule's initialiser: numbers of layers, and names of other tensors.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { nameTensor, show } from '../../base/wording.js';
import type { ParsedRule } from './model-spec.js';
import { compileCaptures, type Captures } from './patterns.js';

/** The captures of names by rules. Patterns are compiled for capturing once, and only where an initialiser asks for it. */
export class CaptureReader {
  readonly #compiled = new Map<string, (name: string) => Captures>();

  /**
   * @param group  0 is the whole name, the groups or stars of the pattern count from 1
   * @throws {ValueError} BAD_SPEC: the initialiser is not a rule's; the pattern has no such group, or it took no part in the match
   */
  capture(group: number, rule: ParsedRule | undefined, name: string): string {
    if (group === 0) return name;
    if (rule === undefined) {
      const found = `${nameTensor(name)}: capture ${group} belongs to a rule's pattern, and no rule gave this init.`;
      throw new ValueError('BAD_SPEC', found, 'Write it in a rule, or without a capture.');
    }
    const text = this.#capturesOf(rule.match, name)[group - 1];
    if (text !== undefined) return text;
    const found = `${nameTensor(name)}: the pattern ${show(rule.match)} captures no group ${group} of the name.`;
    throw new ValueError(
      'BAD_SPEC',
      found,
      'Each * of a glob, each (...) after "re:" is a group, from 1 on.',
    );
  }

  /**
   * The name that a reference stands for: `$1` is the first capture, `$0` the tensor's own name, `$$` a dollar sign.
   * @throws {ValueError} BAD_SPEC
   */
  expand(reference: string, rule: ParsedRule | undefined, name: string): string {
    return reference.replace(/\$(\$|\d{1,3})/g, (_, token: string) =>
      token === '$' ? '$' : this.capture(Number(token), rule, name),
    );
  }

  #capturesOf(match: string, name: string): Captures {
    let captures = this.#compiled.get(match);
    if (captures === undefined) {
      captures = compileCaptures(match);
      this.#compiled.set(match, captures);
    }
    return captures(name);
  }
}
