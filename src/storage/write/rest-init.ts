/**
 * The option `init`: what tensors take that the spec gives no initialiser, one for all of them or what the authors of the model's
 * architecture draw, by the `config.json` beside the checkpoint that it is like.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { isPlainObject } from '../../base/objects.js';
import { show, suggest } from '../../base/wording.js';
import { INIT_KINDS, type InitInput } from '../../domain/recipes/init.js';
import type { LikeTensor } from '../../domain/specs/listed-tensors.js';
import type { RestOfModel } from '../../domain/specs/rest-of-model.js';
import { parseStructure } from '../../domain/specs/structure.js';
import { CONFIG } from '../companions/companion-names.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';

/** Draws what the authors of an architecture draw. */
export const AUTO = 'auto';

/** What the option takes. */
export type RestInit = typeof AUTO | InitInput;

/** The rest of a model, and what people should know of it. */
export interface FoundRest {
  readonly rest: RestOfModel | undefined;
  readonly warnings: readonly string[];
}

/**
 * Checks all but what needs the other checkpoint.
 * @throws {ValueError} BAD_OPTION: not an initialiser; one without `like`
 */
export function checkRestInit(init: unknown, like: unknown): void {
  if (init === undefined) return;
  if (like === undefined) {
    const remedy = 'Pass `like`, or write a "default" with an init in the spec.';
    throw new ValueError(
      'BAD_OPTION',
      '`init` is for the tensors of another checkpoint, and there is no `like`.',
      remedy,
    );
  }
  if (init === AUTO) return;
  if (!isPlainObject(init)) {
    throw new ValueError('BAD_OPTION', `\`init\` is ${show(init)}.`, remedyFor(init));
  }
  try {
    parseStructure({ default: { init } });
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const found = error.found.replaceAll('default.init', 'init');
    throw new ValueError('BAD_OPTION', found, error.remedy, { cause: error });
  }
}

/** For what is neither `auto` nor an object. */
function remedyFor(init: unknown): string {
  const kind = INIT_KINDS.find((known) => known === init);
  if (kind !== undefined) return `Write { kind: ${show(kind)} } for that kind.`;
  const usual = 'Pass "auto" or an initialiser such as { "kind": "normal", "std": 0.02 }.';
  return typeof init === 'string' ? `${suggest(init, [AUTO, ...INIT_KINDS])} ${usual}` : usual;
}

/**
 * @param init     passes checkRestInit
 * @param tensors  those of the source
 * @throws {ValueError} BAD_CHECKPOINT: no `config.json` beside the source, or one that cannot be a model's
 */
export async function findRest(
  init: RestInit | undefined,
  source: CheckpointSource | undefined,
  tensors: readonly LikeTensor[],
): Promise<FoundRest> {
  if (init === undefined || source === undefined) return { rest: undefined, warnings: [] };
  if (init === AUTO) return await findAuto(source, tensors);
  return { rest: { rules: [{ match: '*', init }], ruleOf: () => 0, nameRule: () => 'init' }, warnings: [] };
}

/** Loads the table only if it is needed. */
async function findAuto(source: CheckpointSource, tensors: readonly LikeTensor[]): Promise<FoundRest> {
  const { autoRules } = await import('../../domain/architectures/auto-rules.js');
  const { rules, ruleOf, notes } = autoRules(await readConfig(source), tensors);
  const indexOf = new Map(tensors.map(({ name }, i) => [name, ruleOf[i]]));
  return {
    rest: {
      rules,
      ruleOf: (name) => indexOf.get(name),
      nameRule: ({ match }) => `auto rule ${show(match)}`,
    },
    warnings: notes.map((note) => `init auto: ${note}.`),
  };
}

/** Models with a hundred thousand labels have 10 MB. */
const MOST_BYTES = 2 ** 25;

async function readConfig(source: CheckpointSource): Promise<unknown> {
  const { parseConfig } = await import('../companions/config-json.js');
  const bytes = await source.readBeside(CONFIG, MOST_BYTES);
  if (bytes !== undefined) return parseConfig(bytes, `${CONFIG} beside ${source.label}`);
  const found = `Beside ${source.label} there is no ${CONFIG}, which says what architecture it has.`;
  const remedy =
    'Put the config.json of the model there, or pass an initialiser such as { "kind": "normal", "std": 0.02 }, or write rules in a spec.';
  throw new ValueError('BAD_CHECKPOINT', found, remedy);
}
