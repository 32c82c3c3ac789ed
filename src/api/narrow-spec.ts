/**
 * Reduces a spec to the tensors that decide one tensor's draw: resolving hundreds for each slice would be slow.
 * @module
 */
import { isSequential, type GeneratorName } from '../domain/streams/generators.js';

/** A tensor of a spec that is not checked yet. */
interface ListedTensor {
  readonly name?: unknown;
  readonly init?: unknown;
  readonly first_word?: unknown;
  readonly same_as?: unknown;
}

interface RuleLike {
  readonly skip?: unknown;
  readonly rename?: unknown;
}

interface OpenSpec {
  readonly default?: { readonly init?: unknown } | null;
  readonly rules?: unknown;
  readonly tensors?: unknown;
}

/**
 * @param name    the tensor's
 * @param chosen  the generator; undefined if the spec names none that exists
 */
export function narrowSpec(spec: unknown, name: string, chosen: GeneratorName | undefined): unknown {
  const { tensors, rules, default: defaults } = (spec ?? {}) as OpenSpec;
  if (!Array.isArray(tensors) || chosen === undefined || namesOtherwise(rules)) return spec;
  const listed = tensors as readonly (ListedTensor | null)[];
  const named = listed.filter((tensor) => tensor?.name === name);
  if (named.length === 0 || namesTensors([rules, defaults?.init, named])) return spec;
  const target = named.length === 1 ? named[0]?.same_as : undefined;
  const isDrawn = (tensor: ListedTensor | null): boolean => tensor?.name === (target ?? name);
  const drawn = isSequential(chosen) ? upTo(listed, isDrawn) : listed.filter(isDrawn);
  const tied = target === undefined ? [] : named;
  return { ...(spec as object), tensors: [...drawn, ...tied] };
}

/** Whether a rule leaves tensors out, or writes them by other names than the listed ones. */
const namesOtherwise = (rules: unknown): boolean =>
  Array.isArray(rules) &&
  (rules as readonly (RuleLike | null)[]).some(
    (rule) => rule?.skip !== undefined || rule?.rename !== undefined,
  );

/** Whether an initialiser somewhere in it takes its fans from another tensor, whichever that is. */
function namesTensors(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  return (
    Object.hasOwn(value, 'fan_of') || Object.values(value).some((inner) => namesTensors(inner, depth + 1))
  );
}

/** Rules hold initialisers, which hold rows with initialisers of scaled numbers; a deeper value is no spec, and may be a circle. */
const MAX_DEPTH = 16;

/** The tensor and those whose words come before its own: back to one that says where its draw begins. Tied ones take no words. */
function upTo(
  tensors: readonly (ListedTensor | null)[],
  isDrawn: (tensor: ListedTensor | null) => boolean,
): readonly unknown[] {
  const end = tensors.findLastIndex(isDrawn) + 1;
  const before = tensors.slice(0, end);
  const first = before.findLastIndex((tensor) => tensor?.first_word !== undefined);
  return before
    .slice(Math.max(first, 0))
    .filter((tensor) => tensor?.same_as === undefined || isDrawn(tensor));
}
