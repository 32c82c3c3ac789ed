/**
 * Option names of other programs: which of ours they mean, or where else their value goes.
 * @module
 */
import { translateDtype, type Translation } from '../../base/foreign-names.js';
import { DTYPE_NAMES } from '../../domain/tensors/dtypes.js';

const FOREIGN_OPTIONS: Readonly<Record<string, string>> = {
  output: 'out',
  'output-file': 'out',
  'output-dir': 'out',
  outfile: 'out',
  file: 'out',
  overwrite: 'force',
  replace: 'force',
  yes: 'force',
  'max-shard-size': 'shard-size',
  shards: 'shard-size',
  workers: 'threads',
  jobs: 'threads',
  'num-threads': 'threads',
  cores: 'threads',
  continue: 'resume',
  silent: 'quiet',
  sha256: 'checksum',
  rank: 'part',
  template: 'like',
};

const SPEC_PARAMETERS = [
  'init',
  'kind',
  'std',
  'mean',
  'low',
  'high',
  'bits',
  'factor',
  'gain',
  'distribution',
];

/**
 * @param option  as typed, with its dashes
 * @param value   the next argument, perhaps its value
 */
export function translateOption(option: string, value: string | undefined): Translation | undefined {
  const name = option.replace(/^-+/, '').replaceAll('_', '-').toLowerCase();
  if (name === 'dtype' || name === 'torch-dtype') return { note: writeDtypeNote(value) };
  if (SPEC_PARAMETERS.includes(name)) {
    return { note: 'It belongs in the spec: "default": { "init": { "kind": "normal", "std": 0.02 } }.' };
  }
  if (name === 'dry-run') return { note: 'jumpfill plan shows what init would write.' };
  if (name === 'config' || name === 'model')
    return { note: 'The spec is an argument: jumpfill init SPEC.json --out FILE.' };
  const ours = Object.hasOwn(FOREIGN_OPTIONS, name) ? FOREIGN_OPTIONS[name] : undefined;
  return ours === undefined ? undefined : { means: [`--${ours}`] };
}

function writeDtypeNote(value: string | undefined): string {
  const meant = DTYPE_NAMES.find((name) => name === value) ?? translateDtype(value)?.means?.[0] ?? 'bfloat16';
  return `It belongs in the spec: "default": { "dtype": "${meant}" }; rules and tensors may override it.`;
}
