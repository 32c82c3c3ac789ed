/**
 * What a text stands for: a path on a disk, a model on the Hub, or the address of a file on a server.
 * Source of the rules for names: `validate_repo_id`, https://github.com/huggingface/huggingface_hub; for revisions: git-check-ref-format.
 * @module
 */
import { ValueError } from '../../base/errors.js';
import { shorten, show } from '../../base/wording.js';
import { FILE_ENDING, INDEX_ENDING } from '../../domain/partition/shards.js';

export interface HubAddress {
  readonly kind: 'hub';
  /** `OWNER/NAME`; some old models have no owner. */
  readonly model: string;
  /** A branch, tag, `refs/pr/3` or commit; undefined for the default. */
  readonly revision: string | undefined;
  /** The folder of the checkpoint, or its file or index; '' for the model's own folder. */
  readonly place: string;
}

export interface UrlAddress {
  readonly kind: 'url';
  /** Of a file or an index, without a user and a fragment. */
  readonly url: URL;
}

export type Address = HubAddress | UrlAddress | { readonly kind: 'path' };

const HUB_FORM = 'hf:OWNER/NAME, hf:OWNER/NAME@REVISION or hf:OWNER/NAME@REVISION:SUBFOLDER';

/** Two letters at least: `C:` is a disk. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(\/\/)?/i;

/** @throws {ValueError} BAD_OPTION */
export function parseAddress(text: string): Address {
  const [, scheme = '', slashes] = SCHEME.exec(text) ?? [];
  const kind = scheme.toLowerCase();
  if (scheme !== 'hf') refuseMisspelt(text);
  if (kind === 'hf') return parseHub(text);
  if (slashes === undefined) return { kind: 'path' };
  if (kind === 'https' || kind === 'http') return parseUrl(text);
  const remedy =
    kind === 'file'
      ? 'Write its path.'
      : `Download it, or write its https:// address; from the Hub: ${HUB_FORM}.`;
  throw new ValueError('BAD_OPTION', `\`like\` is ${show(text)}, and ${scheme}:// is not read.`, remedy);
}

/** The address as one writes it, at a commit if there is one. */
export const writeHub = ({ model, place }: HubAddress, revision?: string): string =>
  `hf:${model}${revision === undefined ? '' : `@${revision}`}${place === '' ? '' : `:${place}`}`;

/** The name ends at the first `@` or `:`, which no name and no revision has. */
const HUB = /^hf:([^@:]*)(?:@([^:]*))?(?::(.*))?$/s;

function parseHub(text: string): HubAddress {
  const [, model, revision, place = ''] = HUB.exec(text) ?? [];
  const found = `\`like\` is ${show(text, 200)}`;
  if (model === undefined || model.startsWith('//') || !isModel(model)) throw refuseHub(found, model);
  if (revision !== undefined && !isRevision(revision)) {
    throw refuse(`${found}, and ${show(revision)} is no revision.`, `Write ${HUB_FORM}.`);
  }
  if (place !== '' && !isPlace(place)) {
    const remedy = `Write a folder of the model, such as hf:${model}:unet, or a file in it.`;
    throw refuse(`${found}, and ${show(place)} is no folder.`, remedy);
  }
  return { kind: 'hub', model, revision, place };
}

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

function refuseHub(found: string, path = ''): ValueError {
  const meant = guessHub(path);
  const hint = meant === undefined ? '' : `Did you mean ${meant}? `;
  const local = 'A folder of that name on this disk is ./hf:...';
  return refuse(`${found}, which names no model of the Hub.`, `${hint}Write ${HUB_FORM}. ${local}`);
}

/** In the addresses of the Hub's pages and files, before a revision. */
const PAGES: readonly string[] = ['tree', 'blob', 'resolve', 'raw'];

/** The model that is meant by the path of a page of the Hub, by slashes before its name, or by a folder after it. */
function guessHub(path: string): string | undefined {
  const [owner = '', name = '', ...rest] = path.replace(/^\/+|\/+$/g, '').split('/');
  const hasOwner = name !== '' && !PAGES.includes(name);
  const model = hasOwner ? `${owner}/${name}` : owner;
  const [page = '', revision = '', ...steps] = hasOwner ? rest : [name, ...rest];
  const isPage = PAGES.includes(page) && isRevision(revision);
  const place = (isPage ? steps : rest).join('/');
  if (!isModel(model) || (place !== '' && !isPlace(place))) return undefined;
  return writeHub({ kind: 'hub', model, place, revision: undefined }, isPage ? revision : undefined);
}

/** Other ways in which people write that a model is the Hub's. */
const MISSPELT = /^(?:hf|huggingface|hub):/i;

/** @throws {ValueError} BAD_OPTION: `HF:OWNER/NAME`, `huggingface:OWNER/NAME` */
function refuseMisspelt(text: string): void {
  const meant = MISSPELT.test(text) ? guessHub(text.replace(MISSPELT, '')) : undefined;
  if (meant === undefined) return;
  const found = `\`like\` is ${show(text, 200)}, and a model of the Hub begins with hf: in small letters.`;
  throw refuse(found, `Did you mean ${meant}? A file of that name on this disk is ./${shorten(text)}.`);
}

/** The address that a path may be meant for: `OWNER/NAME`. */
export const guessOfPath = (path: string): string | undefined =>
  path.includes('/') && isModel(path) && !isFile(path) ? `hf:${path}` : undefined;

const LONGEST_NAME = 96;
const NAME = /^\w(?:[\w.-]*\w)?$/;

function isModel(model: string): boolean {
  const steps = model.split('/');
  return (
    steps.length <= 2 &&
    steps.every((step) => step.length <= LONGEST_NAME && NAME.test(step)) &&
    !/--|\.\.|\.git$/.test(model)
  );
}

const LONGEST_REVISION = 255;

const isRevision = (revision: string): boolean =>
  revision.length <= LONGEST_REVISION &&
  !/[\x00-\x20\x7f~^:?*[\\%#]|\.\.|@\{/.test(revision) &&
  revision.split('/').every((step) => step !== '' && !step.startsWith('.') && !/\.lock$|\.$/.test(step));

/** In bytes; no file system of today takes more. */
const LONGEST_STEP = 255;

/** Checks for a path of folders, without steps that lead out. */
export const isPlace = (place: string): boolean =>
  place.split('/').every((step) => !['', '.', '..'].includes(step) && step.length <= LONGEST_STEP) &&
  !/[\\\0]/.test(place);

/** Checks whether a place is a file or an index, not the folder of one. */
export const isFile = (place: string): boolean => place.endsWith(FILE_ENDING) || place.endsWith(INDEX_ENDING);

function parseUrl(text: string): UrlAddress {
  if (!URL.canParse(text))
    throw refuse('`like` is no valid URL.', 'Write https://HOST/PATH/model.safetensors.');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      `\`like\` has a user or a password before ${url.host}.`,
      'They are not sent: leave them out.',
    );
  }
  url.hash = '';
  const shown = show(labelOf(url), 200);
  if (url.hostname === 'huggingface.co' && url.pathname.includes('/blob/'))
    throw refuse(`\`like\` is ${shown}, which is a page about a file.`, remedyOfPage(url));
  if (isFile(url.pathname)) return { kind: 'url', url };
  throw refuse(`\`like\` is ${shown}, which names no file.`, remedyOfPage(url));
}

function remedyOfPage({ hostname, pathname }: URL): string {
  const meant = hostname === 'huggingface.co' ? guessHub(pathname) : undefined;
  if (meant !== undefined) return `Write ${meant}.`;
  return `A server does not list its folders: name a file, *${FILE_ENDING}, or an index, *${INDEX_ENDING}.`;
}

/** A URL for people, without its query, which may be a key. */
export const labelOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`;
