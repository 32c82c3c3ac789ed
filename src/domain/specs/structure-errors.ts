/**
 * What is wrong with the form of a spec, in words that its writer can follow: where it is, what was found, what to write.
 * @module
 */
import type * as v from 'valibot';
import { ValueError } from '../../base/errors.js';
import { translateKey, translateKind } from '../../base/foreign-names.js';
import { INIT_KINDS, INIT_PARAMETERS, type InitKind } from '../recipes/init.js';
import { exampleOf } from './examples.js';
import { shorten, show, suggest } from '../../base/wording.js';

/** The keys that there are: of the spec, of its default, of a rule, of a tensor. */
export type SpecKeys = Readonly<Record<'spec' | 'default' | 'rules' | 'tensors', readonly string[]>>;

type Issue = v.BaseIssue<unknown>;
type Path = readonly unknown[];

const badSpec = (found: string, remedy: string): ValueError => new ValueError('BAD_SPEC', found, remedy);

/** @param issues  valibot's */
export function describeIssues(issues: readonly [Issue, ...Issue[]], keys: SpecKeys): ValueError {
  // A mistyped key shows as an unknown one and a missing one: the unknown one tells more.
  const issue = issues.find(isUnknownKey) ?? issues[0];
  const missing = issues.filter(isMissing);
  if (missing.length > 1 && missing.length === issues.length) return listMissing(missing);
  const { place, found, remedy, isAll = false } = describeIssue(issue, keys);
  const more = issues.length > 1 && !isAll ? ` (and ${issues.length - 1} more)` : '';
  return badSpec(`${place} ${found}${more}.`, remedy);
}

const isUnknownKey = ({ type, expected }: Issue): boolean => type === 'strict_object' && expected === 'never';

const isMissing = ({ input, path }: Issue): boolean => input === undefined && path !== undefined;

const pathOf = ({ path }: Issue): Path => (path ?? []).map(({ key }) => key);

interface Fault {
  readonly place: string;
  readonly found: string;
  readonly remedy: string;
  /** The other issues come of this one. */
  readonly isAll?: boolean;
}

function describeIssue(issue: Issue, keys: SpecKeys): Fault {
  const path = pathOf(issue);
  const place = formatPlace(path);
  const last = issue.path?.at(-1);
  const { input } = issue;
  if (issue.type === 'variant' && path.at(-1) === 'kind') return describeKind(place, input, last?.input);
  if (isUnknownKey(issue) && last) return describeKey(path, last.input, keys);
  const found = input === undefined && path.length > 0 ? 'is missing' : `is ${show(input)}`;
  return { place, found, remedy: exampleOf(path, input, issue.expected) };
}

/** @param init  whose kind it is */
function describeKind(place: string, kind: unknown, init: unknown): Fault {
  const known = suggest(kind, INIT_KINDS, translateKind(kind));
  if (kind !== undefined) return { place, found: `is ${show(kind)}`, remedy: known };
  const [named] = Object.keys(Object(init) as object).filter((key) => translateKey(key, ['kind']));
  const remedy = named === undefined ? known : `Write "kind" in place of ${show(named)}. ${known}`;
  return { place, found: 'is missing', remedy };
}

/** @param object  that has the key; valibot takes an array for an object whose keys are numbers */
function describeKey(path: Path, object: unknown, keys: SpecKeys): Fault {
  const parent = path.slice(0, -1);
  if (Array.isArray(object)) {
    const remedy = exampleOf(parent, object, 'Object');
    return { place: formatPlace(parent), found: `is ${show(object)}`, remedy, isAll: true };
  }
  const known = knownKeys(path, object, keys);
  const key = path.at(-1);
  return {
    place: formatPlace(path),
    found: 'is no known key',
    remedy: suggest(key, known, translateKey(key, known)),
  };
}

/** The keys of the object at a path, of which the last step is an unknown key. */
function knownKeys(path: Path, object: unknown, keys: SpecKeys): readonly string[] {
  const parent = path.at(-2);
  if (parent === undefined) return keys.spec;
  if (parent === 'default') return keys.default;
  if (parent !== 'init') return path[0] === 'rules' ? keys.rules : keys.tensors;
  const { kind } = object as { kind: InitKind };
  return ['kind', ...Object.keys(INIT_PARAMETERS[kind])];
}

/** What a message names; of thousands the first are enough. */
const LISTED_KEYS = 8;

function listMissing(issues: readonly Issue[]): ValueError {
  const places = issues.slice(0, LISTED_KEYS).map((issue) => formatPlace(pathOf(issue)));
  const more = issues.length > LISTED_KEYS ? ` and ${issues.length - LISTED_KEYS} more` : '';
  return badSpec(`${places.join(', ')}${more} are missing.`, 'Give each of them a value.');
}

/** `tensors[3].init.std` */
function formatPlace(path: Path): string {
  if (path.length === 0) return 'The spec';
  return path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    const step = shorten(String(key));
    return place === '' ? step : `${place}.${step}`;
  }, '');
}
