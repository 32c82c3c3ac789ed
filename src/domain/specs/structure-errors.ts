/**
 * Explains what is wrong with the structure of a spec: where, what was found, what to write.
 * @module
 */
import type * as v from 'valibot';
import { ValueError } from '../../base/errors.js';
import { translateKey, translateKind } from '../../base/foreign-names.js';
import { INIT_KINDS, INIT_PARAMETERS, rowKeysOf, type InitKind } from '../recipes/init.js';
import { KEPT_WHOLE } from '../recipes/keep.js';
import { ROW_KEYS } from '../recipes/row-ranges.js';
import { exampleOf } from './examples.js';
import { shorten, show, suggest } from '../../base/wording.js';

/** The known keys: of the spec, of its default, of a rule, of a tensor. */
export type SpecKeys = Readonly<Record<'spec' | 'default' | 'rules' | 'tensors', readonly string[]>>;

type Issue = v.BaseIssue<unknown>;
type Path = readonly unknown[];

/**
 * An array in place of an object is a kind of its own: to valibot it is an object with the unknown keys 0, 1, ...
 */
type IssueKind = 'array' | 'unknownKey' | 'unknownKind' | 'missing' | 'wrongType';

function kindOf(issue: Issue): IssueKind {
  const last = issue.path?.at(-1);
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return Array.isArray(last?.input) ? 'array' : 'unknownKey';
  if (issue.type === 'variant' && last?.key === 'kind') return 'unknownKind';
  return isMissing(issue) ? 'missing' : 'wrongType';
}

const isMissing = ({ input, path }: Issue): boolean => input === undefined && path !== undefined;

interface Description {
  readonly where: string;
  readonly found: string;
  readonly remedy: string;
}

const DESCRIBE: Readonly<Record<IssueKind, (issue: Issue, keys: SpecKeys) => Description>> = {
  array: describeArray,
  unknownKey: describeKey,
  unknownKind: describeKind,
  missing: (issue) => describeValue(issue, 'is missing'),
  wrongType: (issue) => describeValue(issue, `is ${show(issue.input)}`),
};

/** @param issues  valibot's */
export function describeIssues(issues: readonly [Issue, ...Issue[]], keys: SpecKeys): ValueError {
  const kinds = issues.map(kindOf);
  if (issues.length > 1 && issues.every(isMissing)) return listMissing(issues);
  // A mistyped key shows as an unknown one and a missing one: the unknown one says more.
  const issue = issues.find((_, i) => kinds[i] === 'unknownKey' || kinds[i] === 'array') ?? issues[0];
  const kind = kindOf(issue);
  const { where, found, remedy } = DESCRIBE[kind](issue, keys);
  // All issues of an array have one cause: it is an array.
  const more = issues.length > 1 && kind !== 'array' ? ` (and ${issues.length - 1} more)` : '';
  return badSpec(`${where} ${found}${more}.`, remedy);
}

const badSpec = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', found, remedy);

const pathOf = ({ path }: Issue): Path => (path ?? []).map(({ key }) => key);

/** The object that holds the last key of the issue's path. */
const parentOf = ({ path }: Issue): unknown => path?.at(-1)?.input;

function describeValue(issue: Issue, found: string): Description {
  const path = pathOf(issue);
  return { where: formatPath(path), found, remedy: exampleOf(path, issue.input, issue.expected) };
}

function describeArray(issue: Issue): Description {
  const path = pathOf(issue).slice(0, -1);
  const array = parentOf(issue);
  return { where: formatPath(path), found: `is ${show(array)}`, remedy: exampleOf(path, array, 'Object') };
}

function describeKind(issue: Issue): Description {
  const where = formatPath(pathOf(issue));
  const kind = issue.input;
  const known = suggest(kind, INIT_KINDS, translateKind(kind, INIT_KINDS));
  if (kind !== undefined) return { where, found: `is ${show(kind)}`, remedy: known };
  const init = Object(parentOf(issue)) as object;
  const named = Object.keys(init).find((key) => translateKey(key, ['kind']));
  const remedy = named === undefined ? known : `Write "kind" instead of ${show(named)}. ${known}`;
  return { where, found: 'is missing', remedy };
}

function describeKey(issue: Issue, keys: SpecKeys): Description {
  const path = pathOf(issue);
  const known = knownKeys(path, parentOf(issue), keys);
  const key = path.at(-1);
  const remedy = suggest(key, known, translateKey(key, known));
  const note = noteOnPlace(path, keys);
  return {
    where: formatPath(path),
    found: 'is an unknown key',
    remedy: note === undefined ? remedy : `${note} ${remedy}`,
  };
}

/** On a key that others have: `skip` of a tensor, `rows` of a kept one. */
function noteOnPlace(path: Path, keys: SpecKeys): string | undefined {
  const key = String(path.at(-1));
  if (path.at(-2) === 'init') return ROW_KEYS.some((known) => known === key) ? KEPT_WHOLE : undefined;
  if (path[0] === 'rules' || !keys.rules.includes(key)) return undefined;
  return keys.tensors.includes(key) ? 'It belongs to a tensor or a rule.' : 'It belongs to a rule.';
}

/** The keys that could be in place of the last one of a path. */
function knownKeys(path: Path, object: unknown, keys: SpecKeys): readonly string[] {
  const parent = path.at(-2);
  if (parent === undefined) return keys.spec;
  if (parent === 'default') return keys.default;
  if (parent !== 'init') return path[0] === 'rules' ? keys.rules : keys.tensors;
  const { kind } = object as { kind: InitKind };
  return ['kind', ...Object.keys(INIT_PARAMETERS[kind]), ...rowKeysOf(kind)];
}

/** A message names at most this many missing keys. */
const LISTED_KEYS = 8;

function listMissing(issues: readonly Issue[]): ValueError {
  const missing = issues.slice(0, LISTED_KEYS).map((issue) => formatPath(pathOf(issue)));
  const more = issues.length > LISTED_KEYS ? ` and ${issues.length - LISTED_KEYS} more` : '';
  return badSpec(`${missing.join(', ')}${more} are missing.`, 'Give each of them a value.');
}

/** `tensors[3].init.std` */
function formatPath(path: Path): string {
  if (path.length === 0) return 'The spec';
  return path.reduce<string>((written, key) => {
    if (typeof key === 'number') return `${written}[${key}]`;
    const step = shorten(String(key));
    return written === '' ? step : `${written}.${step}`;
  }, '');
}
