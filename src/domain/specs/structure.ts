/**
 * The structure of a model spec: its keys and their types. Values (a bit width, a dtype, a shape) are checked by the same
 * functions as in a fill, so that library and spec refuse the same values with the same messages.
 * @module
 */
import * as v from 'valibot';
import { INIT_KINDS, INIT_PARAMETERS, rowKeysOf } from '../recipes/init.js';
import { isPlainObject } from '../../base/objects.js';
import { canScale, INFINITIES, isRequired, type Parameter } from '../recipes/parameters.js';
import { checkScaledNumbers } from './scaled-numbers.js';
import { describeIssues, type SpecKeys } from './structure-errors.js';
import type { ParsedSpec } from './model-spec.js';
import { refuseOtherJson } from './mistaken-for-spec.js';

/** What is in rows is checked when the initialiser is completed. */
const rowEntries = { zero_rows: v.optional(v.array(v.number())), rows: v.optional(v.array(v.unknown())) };

const initSchemas = INIT_KINDS.map((kind) => {
  const entries = Object.entries<Parameter>(INIT_PARAMETERS[kind]).map(([key, parameter]) => {
    const schema = canScale(parameter) ? scalable(schemaOf(parameter)) : schemaOf(parameter);
    return [key, isRequired(parameter) ? schema : v.optional(schema)] as const;
  });
  const rows = rowKeysOf(kind).map((key) => [key, rowEntries[key]] as const);
  return v.strictObject({ kind: v.literal(kind), ...Object.fromEntries([...entries, ...rows]) });
});

/** A scaled number is checked by itself, once it is known that the rest is a spec. */
function scalable(plain: v.GenericSchema): v.GenericSchema {
  return v.lazy((input) => (isPlainObject(input) ? v.looseObject({}) : plain));
}

function schemaOf(parameter: Parameter): v.GenericSchema {
  switch (parameter.type) {
    case 'number':
      return v.number();
    case 'bound':
      return v.union([v.number(), v.picklist(Object.keys(INFINITIES))]);
    case 'oneOf':
      return parameter.values.includes(false) ? v.union([v.boolean(), v.string()]) : v.string();
    case 'integer':
    case 'exact':
      return v.union([v.number(), v.string(), v.bigint()]);
    case 'flag':
      return v.boolean();
    case 'numbers':
      return v.array(v.number());
    case 'axes':
      return v.union([v.number(), v.array(v.number())]);
    case 'text':
      return v.string();
  }
}

const { strictObject, optional } = v;
const [firstSchema, ...otherSchemas] = initSchemas;
if (firstSchema === undefined) throw new Error('no kinds');
const initSchema = v.variant('kind', [firstSchema, ...otherSchemas]);
const defaults = { dtype: optional(v.string()), init: optional(initSchema) };
const origin = { first_word: optional(v.number()), cached_normal: optional(v.number()) };
const source = { same_as: optional(v.string()), stream: optional(v.string()), ...origin };
const tensorSchema = strictObject({ name: v.string(), shape: v.array(v.unknown()), ...defaults, ...source });
const ruleSchema = strictObject({
  match: v.string(),
  ...defaults,
  shape: optional(v.array(v.unknown())),
  skip: optional(v.literal(true)),
  rename: optional(v.string()),
});
const defaultSchema = strictObject(defaults);
const modelSchema = strictObject({
  $schema: optional(v.string()),
  seed: optional(v.union([v.number(), v.bigint(), v.string()])),
  generator: optional(v.string()),
  shard_size: optional(v.union([v.number(), v.string()])),
  default: optional(defaultSchema, {}),
  rules: optional(v.array(ruleSchema), []),
  tensors: optional(v.array(tensorSchema)),
});

/** The known keys. */
const KEYS: SpecKeys = {
  spec: Object.keys(modelSchema.entries),
  default: Object.keys(defaultSchema.entries),
  rules: Object.keys(ruleSchema.entries),
  tensors: Object.keys(tensorSchema.entries),
};

/** @throws {ValueError} BAD_SPEC: another kind of JSON, or a wrong structure, with its path */
export function parseStructure(spec: unknown): ParsedSpec {
  refuseOtherJson(spec);
  const parsed = v.safeParse(modelSchema, spec);
  if (!parsed.success) throw describeIssues(parsed.issues, KEYS);
  checkScaledNumbers(parsed.output);
  return parsed.output;
}
