/**
 * Model specs: which tensors a model has and how each is initialised, as a person writes it.
 * @module
 */
import * as v from 'valibot';
import { locateError, ValueError } from '../errors.js';
import {
  completeInit,
  INIT_KINDS,
  INIT_PARAMETERS,
  type Init,
  type InitInput,
  type Parameter,
} from './init.js';
import { CODE_DTYPE } from './codes.js';
import { resolveRecipe, type Recipe } from './recipe.js';
import { checkSeed } from './seed.js';
import { checkDtype, checkName, checkShape, countElements, DEFAULT_DTYPE, type Dtype } from './tensor.js';
import { show, suggest } from './words.js';

/** JSON has no infinities. */
const INFINITIES = { '-inf': -Infinity, inf: Infinity } as const;

// The schema says which keys there are and of what type. Whether a value can be used (a bit width, a dtype, a shape) is
// for the functions that check it everywhere else, so that library and spec refuse the same things in the same words.
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
const tensorSchema = strictObject({
  name: v.string(),
  shape: v.array(v.unknown()),
  dtype: optional(v.string()),
  init: optional(initSchema),
});
const defaultSchema = strictObject({ dtype: optional(v.string()), init: optional(initSchema) });
const modelSchema = strictObject({
  $schema: optional(v.string()),
  seed: optional(v.union([v.number(), v.bigint(), v.string()])),
  default: optional(defaultSchema, {}),
  tensors: v.array(tensorSchema),
});

/** What a tensor and `default` have in common. */
interface TensorDefaults {
  readonly dtype?: Dtype;
  readonly init?: InitInput;
}

/** A model spec. */
export interface ModelSpec {
  /** For editors. */
  readonly $schema?: string;
  readonly seed?: number | bigint | string;
  readonly default?: TensorDefaults;
  readonly tensors: readonly (TensorDefaults & {
    readonly name: string;
    readonly shape: readonly number[];
  })[];
}

type CheckedSpec = v.InferOutput<typeof modelSchema>;

/** One tensor of a model, ready to be drawn. */
export interface ModelTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly elementCount: number;
  readonly recipe: Recipe;
}

export interface Model {
  /** The spec's own seed, if it has one. */
  readonly seed: bigint | undefined;
  readonly tensors: readonly ModelTensor[];
}

/**
 * Checks a spec whole and resolves every tensor's recipe.
 * @throws {ValueError} BAD_SPEC: not of a spec's form, told by its path; and what a fill refuses, led by the path
 * @throws {NotImplementedError} a WAGE mode other than fan_in
 */
export function resolveModel(spec: unknown): Model {
  const parsed = v.safeParse(modelSchema, spec);
  if (!parsed.success) throw describeIssue(parsed.issues);
  const { seed, tensors } = parsed.output;
  const firstUse = new Map<string, number>();
  const resolved = tensors.map((tensor, i) => {
    const place = `tensors[${i}]`;
    const earlier = firstUse.get(tensor.name);
    if (earlier !== undefined) {
      const found = `${place}.name: ${show(tensor.name)} is already the name of tensors[${earlier}].`;
      throw new ValueError('BAD_NAME', found, 'Give each tensor a name of its own.');
    }
    firstUse.set(tensor.name, i);
    return resolveTensor(tensor, parsed.output, place);
  });
  return {
    seed: seed === undefined ? undefined : at('seed', () => checkSeed(readSeed(seed))),
    tensors: resolved,
  };
}

/** A decimal string is a seed too: so checkpoints tell theirs, because readers of JSON round numbers beyond 2^53. */
function readSeed(seed: number | bigint | string): unknown {
  return typeof seed === 'string' && /^\d+$/.test(seed) ? BigInt(seed) : seed;
}

function resolveTensor(
  tensor: CheckedSpec['tensors'][number],
  spec: CheckedSpec,
  place: string,
): ModelTensor {
  const name = at(`${place}.name`, () => checkName(tensor.name));
  const given = tensor.init ?? spec.default.init;
  if (given === undefined) {
    const found = `${place}: Tensor ${show(name)} has no init, and the spec has no default.init.`;
    throw new ValueError('BAD_SPEC', found, `Add one, for example "init": { "kind": "zeros" }.`);
  }
  const initPlace = tensor.init === undefined ? 'default.init' : `${place}.init`;
  const init = at(initPlace, () => completeInit(readBounds(given) as InitInput, name));
  const usualDtype = 'codes' in init && init.codes ? CODE_DTYPE : DEFAULT_DTYPE;
  const dtype = at(`${place}.dtype`, () =>
    checkDtype(tensor.dtype ?? spec.default.dtype ?? usualDtype, name),
  );
  const shape = at(`${place}.shape`, () => checkShape(tensor.shape, dtype, name));
  const recipe = at(initPlace, () => resolveRecipe(init, { name, dtype, shape }));
  return { name, shape, dtype, elementCount: countElements(shape), recipe };
}

/** An initialiser whose infinite bounds are numbers. */
function readBounds(init: object): object {
  const read = (value: unknown): unknown => (value === 'inf' || value === '-inf' ? INFINITIES[value] : value);
  return Object.fromEntries(Object.entries(init).map(([key, value]) => [key, read(value)]));
}

/** Runs a check; an error it throws is told from `place`. */
function at<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw locateError(error, place);
  }
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
  if (issue.type === 'variant') return error(` is ${show(issue.input)}`, suggest(issue.input, INIT_KINDS));
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
  if (issue.input === undefined) return error(' is missing', `Expected ${issue.expected}.`);
  return error(` is ${show(issue.input)}`, `Expected ${issue.expected}.`);
}

/** The keys of the object at a path, of which the last step is an unknown key. */
function knownKeys(path: readonly unknown[], object: unknown): readonly string[] {
  const parent = path.at(-2);
  if (parent === undefined) return Object.keys(modelSchema.entries);
  if (parent === 'default') return Object.keys(defaultSchema.entries);
  if (parent !== 'init') return Object.keys(tensorSchema.entries);
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
