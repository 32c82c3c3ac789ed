/**
 * Writes a model as a short spec: a few kilobytes from which a checkpoint of any size can be written again.
 * @module
 */
import { writeByteSize } from '../../base/byte-size.js';
import { isDefault, type Init } from '../../domain/recipes/init.js';
import { findPatterns } from '../../domain/specs/common-patterns.js';
import type { ParsedOrigin } from '../../domain/specs/model-spec.js';
import { writeOrigin } from '../../domain/specs/origin.js';
import { renameRules, type RenameRule } from '../../domain/specs/rename-rules.js';
import type { Model, ModelTensor } from '../../domain/specs/spec.js';
import { namedGenerator, type GeneratorName } from '../../domain/streams/generators.js';
import type { Dtype } from '../../domain/tensors/dtypes.js';
import { countElements } from '../../domain/tensors/shapes.js';
import { writeNumbers } from '../../base/wording.js';
import { formatValue } from './format-spec.js';

/** A model, resolved. */
export interface DescribedModel extends Pick<Model, 'generator' | 'seed' | 'shardBytes'> {
  readonly tensors: readonly DescribedTensor[];
}

export interface DescribedTensor extends Pick<
  ModelTensor,
  'name' | 'listedName' | 'shape' | 'dtype' | 'origin' | 'stream' | 'sameAs'
> {
  readonly init: Init;
  /** A rule that renames it matches it before all others. */
  readonly isRenamed?: boolean;
}

/** An initialiser without its defaults, as a person writes it. */
type WrittenInit = Readonly<Record<string, unknown>>;

/** A tensor's or rule's difference from the default. */
interface Difference {
  readonly dtype?: Dtype;
  readonly init?: WrittenInit;
}

/** A model spec, to be printed. */
export interface WrittenSpec {
  readonly seed?: number | string;
  readonly generator?: GeneratorName;
  readonly shard_size?: number | string;
  readonly default?: Difference;
  readonly rules?: readonly (RenameRule | (Difference & { readonly match: string }))[];
  readonly tensors: readonly WrittenTensor[];
}

interface Source extends ParsedOrigin {
  readonly same_as?: string;
  readonly stream?: string;
}

interface WrittenTensor extends Difference, Source {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The most groups for which rules are sought: the search takes time proportional to groups times tensors. */
const MAX_RULED = 32;

/**
 * The default is what most elements are drawn from; rules say what other tensors have in common, where that is shorter. The spec
 * resolves to the same tensors, in the same order.
 */
export function describeAsSpec({
  generator,
  seed,
  shardBytes,
  tensors: models,
}: DescribedModel): WrittenSpec {
  const { tensors, renames } = listByName(models);
  // No rule and no default applies to a tied tensor.
  const untied = tensors.filter(({ sameAs }) => sameAs === undefined);
  const [usual, ...others] = groupTensors(untied);
  const differences = others.map((group) => ({ ...group, difference: differ(group, usual) }));
  const largest = [...differences].sort((a, b) => b.names.length - a.names.length).slice(0, MAX_RULED);
  const rules = largest.flatMap((group) => findRules(group, untied));
  const own = new Map(
    differences.flatMap(({ names, difference }) => names.map((name) => [name, difference])),
  );
  for (const { names } of rules) for (const name of names) own.delete(name);
  return {
    ...(seed !== undefined && { seed: writeSeed(seed) }),
    ...namedGenerator(generator),
    ...(shardBytes !== undefined && { shard_size: writeByteSize(shardBytes) }),
    ...(usual && { default: differ(usual, undefined) }),
    ...(renames.length + rules.length > 0 && { rules: [...renames, ...rules.map(({ rule }) => rule)] }),
    tensors: tensors.map((tensor) => ({
      name: tensor.name,
      shape: tensor.shape,
      ...own.get(tensor.name),
      ...writeSource(tensor),
    })),
  };
}

/** Under the names that a spec lists, and the rules that rename them. */
function listByName(models: readonly DescribedTensor[]): {
  readonly tensors: readonly DescribedTensor[];
  readonly renames: readonly RenameRule[];
} {
  const names = models.map(({ name, listedName = name }) => ({ listed: listedName, written: name }));
  const renames = renameRules(names);
  if (renames.length === 0) return { tensors: models, renames };
  const listedAs = new Map(names.map(({ written, listed }) => [written, listed]));
  const tensors = models.map(({ listedName, sameAs, ...tensor }) => ({
    ...tensor,
    name: listedName ?? tensor.name,
    sameAs: sameAs && listedAs.get(sameAs),
    isRenamed: listedName !== undefined,
  }));
  return { tensors, renames };
}

/** Where the values come from besides initialiser and dtype; the stream of a tied tensor is the other's. */
const writeSource = ({ sameAs, stream, origin }: DescribedTensor): Source =>
  sameAs === undefined
    ? { ...(stream !== undefined && { stream }), ...writeOrigin(origin) }
    : { same_as: sameAs };

/** Tensors that are drawn alike. */
interface Group {
  /** Kept tensors have none of their own. */
  readonly dtype: Dtype | undefined;
  readonly init: WrittenInit;
  readonly names: readonly string[];
  /** Those that other rules may match. */
  readonly ruled: readonly string[];
}

/** The group with most elements first. */
function groupTensors(tensors: readonly DescribedTensor[]): readonly Group[] {
  const groups = new Map<
    string,
    Group & { readonly names: string[]; readonly ruled: string[]; elementCount: number }
  >();
  for (const { name, shape, init, isRenamed = false, ...tensor } of tensors) {
    const written = omitDefaults(init);
    const dtype = init.kind === 'keep' ? undefined : tensor.dtype;
    const key = `${dtype} ${formatValue(written)}`;
    const group = groups.get(key) ?? { dtype, init: written, names: [], ruled: [], elementCount: 0 };
    group.names.push(name);
    if (!isRenamed) group.ruled.push(name);
    group.elementCount += countElements(shape);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.elementCount - a.elementCount);
}

function omitDefaults({ kind, ...values }: Init): WrittenInit {
  const written = Object.entries(values).filter(([key, value]) => !isDefault(kind, key, value));
  return { kind, ...Object.fromEntries(written.map(([key, value]) => [key, writeNumbers(value)])) };
}

function differ({ dtype, init }: Group, usual: Group | undefined): Difference {
  const isSameInit = formatValue(init) === formatValue(usual?.init);
  return { ...(dtype !== undefined && dtype !== usual?.dtype && { dtype }), ...(!isSameInit && { init }) };
}

interface FoundRule {
  readonly rule: Difference & { readonly match: string };
  readonly names: readonly string[];
}

/** The rules that are shorter than what they replace. */
function findRules(
  { names, ruled, difference }: Group & { readonly difference: Difference },
  tensors: readonly DescribedTensor[],
): FoundRule[] {
  const inGroup = new Set(names);
  const others = tensors.map(({ name }) => name).filter((name) => !inGroup.has(name));
  const found = findPatterns(ruled, others).map(({ pattern, names }) => ({
    rule: { match: pattern, ...difference },
    names,
  }));
  return found.filter(
    ({ rule, names }) => formatValue(rule).length < names.length * formatValue(difference).length,
  );
}

/** Readers of JSON round numbers beyond 2^53. */
const writeSeed = (seed: bigint): number | string =>
  seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : String(seed);
