/**
 * Option names of other programs: which of ours they mean, or where else their value goes.
 * @module
 */
import { translateDtype, type Translation } from '../../base/foreign-names.js';
import { INIT_PARAMETERS } from '../../domain/recipes/init.js';
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

/** Keys of a spec's initialiser, which people type as options. */
const SPEC_PARAMETERS: ReadonlySet<string> = new Set([
  'init',
  'kind',
  ...Object.values(INIT_PARAMETERS).flatMap((parameters) => Object.keys(parameters)),
]);

/**
 * @param option  as typed, with its dashes
 * @param value   the next argument, perhaps its value
 */
export function translateOption(option: string, value: string | undefined): Translation | undefined {
  const name = option.replace(/^-+/, '').replaceAll('_', '-').toLowerCase();
  if (name === 'dtype' || name === 'torch-dtype') return { note: writeDtypeNote(value) };
  if (SPEC_PARAMETERS.has(name.replaceAll('-', '_'))) {
    return { note: 'It belongs in the spec: "default": { "init": { "kind": "normal", "std": 0.02 } }.' };
  }
  if (name === 'dry-run') return { note: 'jumpfill plan shows what init would write.' };
  if (name === 'config' || name === 'model')
    return { note: 'The spec is an argument: jumpfill init SPEC.json --out FILE.' };
  const ours = Object.hasOwn(FOREIGN_OPTIONS, name) ? FOREIGN_OPTIONS[name] : undefined;
  return ours === undefined ? undefined : { means: [`--${ours}`] };
}

function writeDtypeNote(value: string | undefined): string {
  const meant = translateDtype(value, DTYPE_NAMES)?.means?.[0] ?? 'bfloat16';
  return `It belongs in the spec: "default": { "dtype": "${meant}" }; rules and tensors may override it.`;
}
