/**
 * Rules that draw what the authors of an architecture draw: from a model's `config.json`, the names and shapes of its tensors, and the table.
 * @module
 */
import { show } from '../../base/wording.js';
import { compilePattern, type Matcher } from '../specs/patterns.js';
import type { LikeTensor } from '../specs/listed-tensors.js';
import { defaultsOf } from './defaults.js';
import { isChosen, zeros, type ChosenInit, type DrawRow, type ModelFacts } from './draw-row.js';
import { ModelConfig } from './model-config.js';
import { partOf, partsOf, type ModelPart } from './model-parts.js';
import { padderOf, type Padder } from './padding.js';
import { BUFFER_ROWS, PLAIN_ROWS } from './plain-rows.js';
import { NARROW_ROWS, QUANTIZED_ROWS } from './quantized-rows.js';
import { writeRules, type RuledTensor, type WrittenRules } from './write-rules.js';

export interface AutoRules extends WrittenRules {
  /** As `config.json` names it: its `model_type`. */
  readonly architecture: string | undefined;
  /** For people: what is not as the authors draw it. */
  readonly notes: readonly string[];
}

interface CompiledRow extends DrawRow {
  readonly matchers: readonly { readonly glob: string; readonly matches: Matcher }[];
}

/** What rows know of other tensors. */
type Others = Pick<ModelFacts, 'shapeOf' | 'dtypeOf'>;

/** A part of a model with the rows that apply to its tensors, in their order. */
interface RuledPart {
  readonly facts: ModelFacts;
  readonly rows: readonly CompiledRow[];
  readonly pad: Padder;
}

/**
 * @param config  the parsed `config.json`
 * @returns       rules in their order, each of which is the first that matches some tensor of the list; every tensor has one
 * @throws {ValueError} BAD_CHECKPOINT: a config whose values cannot be those of a model
 */
export function autoRules(config: unknown, tensors: readonly LikeTensor[]): AutoRules {
  const whole = new ModelConfig(config);
  const parts = partsOf(whole);
  const named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const others: Others = {
    shapeOf: (name) => named.get(name)?.shape,
    dtypeOf: (name) => named.get(name)?.dtype,
  };
  const ruled = new Map(parts.map((part) => [part, rulePart(part, whole, others)]));
  const used = new Set<ModelPart>();
  const notes = new Set<string>();
  const chosen = tensors.map((tensor): RuledTensor => {
    const part = partOf(parts, tensor.name);
    used.add(part);
    const { glob, init, note } = choose(tensor, ruled.get(part) ?? rulePart(part, whole, others));
    if (note !== undefined) notes.add(note);
    return { name: tensor.name, glob, init };
  });
  const unknown = [...used].flatMap(warnOfUnknown);
  return {
    architecture: whole.text('model_type'),
    ...writeRules(chosen),
    notes: [...new Set([...unknown, ...notes])],
  };
}

function warnOfUnknown({ type, architecture }: ModelPart): string[] {
  if (architecture !== undefined) return [];
  const whose =
    type === undefined
      ? 'config.json has no model_type'
      : `the architecture ${show(type)} is not in the table`;
  return [`${whose}: its tensors get transformers' default`];
}

const PLAIN_STD = 0.02;

function rulePart({ config, architecture }: ModelPart, whole: ModelConfig, others: Others): RuledPart {
  const facts = { config, whole, std: stdOf(config, whole), ...others };
  const rows = [
    ...NARROW_ROWS,
    ...BUFFER_ROWS,
    ...QUANTIZED_ROWS,
    ...(architecture?.rows ?? []),
    ...PLAIN_ROWS,
  ];
  return { facts, rows: rows.map(compileRow), pad: padderOf(config, architecture) };
}

/** As `_init_weights` chooses it, where 0 and null are 0.02. */
function stdOf(config: ModelConfig, whole: ModelConfig): number {
  const own = config.width('initializer_range', 'init_std') ?? defaultsOf(config.text('model_type')).std;
  if (own !== undefined) return own === 0 ? PLAIN_STD : own;
  return (
    config.part('text_config')?.width('initializer_range') ?? whole.width('initializer_range') ?? PLAIN_STD
  );
}

const compileRow = (row: DrawRow): CompiledRow => ({
  ...row,
  matchers: row.names.map((glob) => ({ glob, matches: compilePattern(glob) })),
});

function choose(tensor: LikeTensor, { facts, rows, pad }: RuledPart): ChosenInit & { readonly glob: string } {
  for (const row of rows) {
    const matcher = row.matchers.find(({ matches }) => matches(tensor.name));
    const given = matcher && row.choose(tensor, facts);
    if (given === undefined) continue;
    const { glob } = matcher ?? { glob: '*' };
    return isChosen(given) ? { ...given, glob } : { glob, init: pad(tensor, given) };
  }
  return { glob: '*', init: zeros };
}
