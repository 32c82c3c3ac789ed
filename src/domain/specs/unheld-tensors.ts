/**
 * Tensors whose dtype does not hold what a rule or the default draws. A checkpoint that a model is like may have hundreds of them, such as
 * counters and masks, so one error names them all.
 * @module
 */
import { checkAt, ValueError } from '../../base/errors.js';
import { listNames } from '../../base/wording.js';
import { suggestRule, suggestRules, type PlacedTensor } from './suggest-rule.js';

interface UnheldTensor {
  readonly tensor: PlacedTensor;
  readonly error: ValueError;
}

export class UnheldTensors {
  readonly #found: UnheldTensor[] = [];

  /** Runs a tensor's check. An error about the dtype waits for `refuse` unless the initialiser is the tensor's own. */
  collect<T>(tensor: PlacedTensor, check: () => readonly T[]): readonly T[] {
    try {
      return check();
    } catch (error) {
      const isOwn = tensor.where.startsWith('tensors[');
      if (isOwn || !(error instanceof ValueError) || error.code !== 'BAD_DTYPE') throw error;
      this.#found.push({ tensor, error });
      return [];
    }
  }

  /** @throws {ValueError} BAD_DTYPE: with the reason of the first tensor, and the names of all */
  refuse(): void {
    const [first, ...others] = this.#found;
    if (first === undefined) return;
    const { tensor, error } = first;
    checkAt(tensor.where, () => {
      if (others.length > 0) throw combine(first, others);
      suggestRule(tensor, () => {
        throw error;
      });
    });
  }
}

function combine({ tensor, error }: UnheldTensor, others: readonly UnheldTensor[]): ValueError {
  const { found, remedy, parameter } = error;
  const names = others.map((other) => other.tensor.name);
  const dtypes = [...new Set(others.map((other) => other.tensor.dtype))].join(', ');
  const count = names.length === 1 ? 'Another tensor has' : `${names.length} other tensors have`;
  const more = `${count} a dtype that does not hold what is drawn, ${dtypes}: ${listNames(names)}.`;
  const rules = suggestRules([tensor, ...others.map((other) => other.tensor)]);
  return new ValueError('BAD_DTYPE', `${found} ${more}`, `${remedy} ${rules}`, {
    cause: error,
    ...(parameter !== undefined && { parameter }),
  });
}
