/**
 * The form of a model spec: which keys there are and of what type. Whether a value can be used (a bit width, a dtype, a
 * shape) is for the functions that check it everywhere else, so that library and spec refuse the same things in the same words.
 * @module
 */
import * as v from 'valibot';
import { ValueError } from '../errors.js';
import { INIT_KINDS, INIT_PARAMETERS, type Init, type InitInput, type Parameter } from './init.js';
import type { Dtype } from './tensor.js';
import { show, suggest } from './words.js';

/** JSON has no infinities. */
const INFINITIES = { '-inf': -Infinity, inf: Infinity } as const;

const initSchemas = INIT_KINDS.map((kind) => {
  const entries = Object.entries<Parameter>(INIT_PARAMETERS[kind]).map(([key, parameter]) => {
    const schema = schemaOf(parameter);
    return [key, 'default' in parameter ? v.optional(schema) : schema] as const;
  });
  return v.strictObject({ kind: v.literal(kind), ...Object.fromEntries(entries) });
});

function schemaOf(parameter: Parameter): v.GenericSchema {
  switch (parameter.type) {
    case 'number':
      return v.number();
    case 'bound':
      return v.union([v.number(), v.picklist(Object.keys(INFINITIES))]);
    case 'word':
      return v.string();
    case 'flag':
      return v.boolean();
  }
}

const { strictObject, optional } = v;
const [firstSchema, ...otherSchemas] = initSchemas;
if (firstSchema === undefined) throw new Error('no kinds');
const initSchema = v.variant('kind', [firstSchema, ...otherSchemas]);
const defaults = { dtype: optional(v.string()), init: optional(initSchema) };
const tensorSchema = strictObject({ name: v.string(), shape: v.array(v.unknown()), ...defaults });
const ruleSchema = strictObject({ match: v.string(), ...defaults });
const defaultSchema = strictObject(defaults);
const modelSchema = strictObject({
  $schema: optional(v.string()),
  seed: optional(v.union([v.number(), v.bigint(), v.string()])),
  shard_size: optional(v.union([v.number(), v.string()])),
  default: optional(defaultSchema, {}),
  rules: optional(v.array(ruleSchema), []),
  tensors: optional(v.array(tensorSchema)),
});

/** What tensors, rules and `default` have in common. */
interface TensorDefaults {
  readonly dtype?: Dtype;
  readonly init?: InitInput;
}

/** One of a model spec's tensors. */
export interface SpecTensor extends TensorDefaults {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What the tensors take that a pattern matches, if no earlier rule does. */
export interface SpecRule extends TensorDefaults {
  /** A glob of the whole name, such as `*.weight`; after `re:`, a regular expression. */
  readonly match: string;
}

/** A model spec. */
export interface ModelSpec {
  /** For editors. */
  readonly $schema?: string;
  readonly seed?: number | bigint | string;
  /** The most bytes that a shard's tensors may have together, such as `"5GB"`. */
  readonly shard_size?: number | string;
  /** What tensors take that neither say themselves nor have from a rule. */
  readonly default?: TensorDefaults;
  readonly rules?: readonly SpecRule[];
  /** Left out where another checkpoint gives names and shapes. */
  readonly tensors?: readonly SpecTensor[];
}

/** A spec of the right form; values are still to be checked. */
export type SpecForm = v.InferOutput<typeof modelSchema>;

/** @throws {ValueError} BAD_SPEC: not of a spec's form, told by its path */
export function checkForm(spec: unknown): SpecForm {
  const parsed = v.safeParse(modelSchema, spec);
  if (parsed.success) return parsed.output;
  throw describeIssue(parsed.issues);
}

/** An initialiser whose infinite bounds are numbers. */
export function readBounds(init: object): InitInput {
  const read = (value: unknown): unknown => (value === 'inf' || value === '-inf' ? INFINITIES[value] : value);
  return Object.fromEntries(
    Object.entries(init).map(([key, value]) => [key, read(value)]),
  ) as unknown as InitInput;
}

type Issue = v.InferIssue<typeof modelSchema>;

const isUnknownKey = ({ type, expected }: Issue): boolean => type === 'strict_object' && expected === 'never';

function describeIssue(issues: readonly Issue[]): ValueError {
  // A mistyped key shows as an unknown one and a missing one: the unknown one tells more.
  const issue = issues.find(isUnknownKey) ?? (issues as readonly [Issue])[0];
  const steps = issue.path ?? [];
  const place = steps.length === 0 ? 'The spec' : formatPath(steps.map(({ key }) => key));
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const last = steps.at(-1);
  const error = (found: string, remedy: string): ValueError =>
    new ValueError('BAD_SPEC', `${place}${found}${more}.`, remedy);
  if (issue.type === 'variant' && last?.key !== 'kind')
    return error(` is ${show(issue.input)}`, describeInit(issue.input));
  if (issue.type === 'variant') return error(` is ${show(issue.input)}`, suggest(issue.input, INIT_KINDS));
  if (isUnknownKey(issue) && last && Array.isArray(last.input))
    return refuseArray(steps.slice(0, -1), last.input);
  if (isUnknownKey(issue) && last) {
    return error(
      ' is no known key',
      suggest(
        last.key,
        knownKeys(
          steps.map(({ key }) => key),
          last.input,
        ),
      ),
    );
  }
  const missing = issues.filter((other) => other.input === undefined && other.path !== undefined);
  if (issue.input === undefined && missing.length > 1 && missing.length === issues.length)
    return listMissing(missing);
  if (issue.input === undefined) return error(' is missing', `Expected ${issue.expected}.`);
  return error(` is ${show(issue.input)}`, `Expected ${issue.expected}.`);
}

/** Most people try the kind alone first. */
function describeInit(input: unknown): string {
  const kind = INIT_KINDS.find((known) => known === input) ?? 'zeros';
  return `An init is an object, such as { "kind": "${kind}" }.`;
}

/** Valibot takes an array for an object whose keys are numbers. */
function refuseArray(steps: readonly { readonly key: unknown }[], array: unknown): ValueError {
  const place = steps.length === 0 ? 'The spec' : formatPath(steps.map(({ key }) => key));
  const remedy = steps.length === 0 ? 'A spec is an object: { "tensors": [...] }.' : 'Expected an object.';
  return new ValueError('BAD_SPEC', `${place} is ${show(array)}.`, remedy);
}

/** What a message names; of thousands the first are enough. */
const LISTED_KEYS = 8;

function listMissing(issues: readonly Issue[]): ValueError {
  const places = issues
    .slice(0, LISTED_KEYS)
    .map(({ path }) => formatPath((path ?? []).map(({ key }) => key)));
  const more = issues.length > LISTED_KEYS ? ` and ${issues.length - LISTED_KEYS} more` : '';
  return new ValueError('BAD_SPEC', `${places.join(', ')}${more} are missing.`, 'Give each of them a value.');
}

/** The keys of the object at a path, of which the last step is an unknown key. */
function knownKeys(path: readonly unknown[], object: unknown): readonly string[] {
  const parent = path.at(-2);
  if (parent === undefined) return Object.keys(modelSchema.entries);
  if (parent === 'default') return Object.keys(defaultSchema.entries);
  if (parent !== 'init') return Object.keys((path[0] === 'rules' ? ruleSchema : tensorSchema).entries);
  const { kind } = object as { kind: Init['kind'] };
  return ['kind', ...Object.keys(INIT_PARAMETERS[kind])];
}

/** `tensors[3].init.std` */
function formatPath(keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');
}
