/**
 * JSON that people pass in place of a spec, because it lies beside a model: its configuration, its index, its header.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';

type Members = Readonly<Record<string, unknown>>;

interface Lookalike {
  readonly isIt: (members: Members) => boolean;
  readonly what: (members: Members) => string;
  readonly remedy: string;
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

const LIKE =
  'Write a spec of rules, and take names and shapes from a checkpoint of the model: --like CHECKPOINT.';

const LOOKALIKES: readonly Lookalike[] = [
  {
    isIt: ({ weight_map: map }) => isObject(map),
    what: () => "the index of a checkpoint's shards",
    remedy:
      'Pass it with --from to write that checkpoint again, or with --like to take its names and shapes.',
  },
  {
    isIt: ({ model_type: type, architectures }) => typeof type === 'string' || Array.isArray(architectures),
    what: ({ model_type: type, architectures }) =>
      `a model's config.json (${type === undefined ? `architectures ${show(architectures)}` : `model_type ${show(type)}`}), which names no tensors`,
    remedy: LIKE,
  },
  {
    isIt: (members) => Object.values(members).some((value) => isObject(value) && 'data_offsets' in value),
    what: () => 'the header of a safetensors file',
    remedy: 'Pass the file itself with --like to take its names and shapes.',
  },
  {
    isIt: ({ $defs: definitions, properties }) => isObject(definitions) || isObject(properties),
    what: () => 'a JSON Schema, not what it describes',
    remedy: 'Name it in a spec under "$schema", for editors.',
  },
];

/** @throws {ValueError} BAD_SPEC: something else that is known */
export function refuseOtherJson(spec: unknown): void {
  if (!isObject(spec) || Array.isArray(spec) || 'tensors' in spec || 'rules' in spec) return;
  const lookalike = LOOKALIKES.find(({ isIt }) => isIt(spec));
  if (lookalike === undefined) return;
  throw new ValueError('BAD_SPEC', `The spec is ${lookalike.what(spec)}.`, lookalike.remedy);
}
