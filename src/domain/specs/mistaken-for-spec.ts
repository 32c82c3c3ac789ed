/**
 * JSON files that people pass in place of a spec, because they lie beside a model: its configuration, index or header.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

type Members = Readonly<Record<string, unknown>>;

interface OtherJson {
  readonly matches: (members: Members) => boolean;
  readonly what: (members: Members) => string;
  readonly remedy: string;
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

const LIKE =
  'Write a spec of rules, and pass `like` to take names and shapes from a checkpoint of the model.';

const KNOWN: readonly OtherJson[] = [
  {
    matches: ({ weight_map: map }) => isObject(map),
    what: () => "the index of a checkpoint's shards",
    remedy:
      'Pass it as `like` to take its names and shapes; `jumpfill init --from` writes that checkpoint again.',
  },
  {
    matches: ({ model_type: type, architectures }) =>
      typeof type === 'string' || Array.isArray(architectures),
    what: ({ model_type: type, architectures }) =>
      `a model's config.json (${type === undefined ? `architectures ${show(architectures)}` : `model_type ${show(type)}`}), which names no tensors`,
    remedy: LIKE,
  },
  {
    matches: (members) => Object.values(members).some((value) => isObject(value) && 'data_offsets' in value),
    what: () => 'the header of a safetensors file',
    remedy: 'Pass the file itself as `like` to take its names and shapes.',
  },
  {
    matches: ({ $defs: definitions, properties }) => isObject(definitions) || isObject(properties),
    what: () => 'a JSON Schema, not an instance of it',
    remedy: 'Editors find it through "$schema" in a spec.',
  },
];

/** @throws {ValueError} BAD_SPEC: one of these */
export function refuseOtherJson(spec: unknown): void {
  if (!isObject(spec) || Array.isArray(spec) || 'tensors' in spec || 'rules' in spec) return;
  const other = KNOWN.find(({ matches }) => matches(spec));
  if (other === undefined) return;
  throw new ValueError('BAD_SPEC', `The spec is ${other.what(spec)}.`, other.remedy);
}
