/**
 * Decides where a model of the Hub is read: over the network, or from the cache where it may not or cannot be reached. From the cache
 * it is a checkpoint on this disk.
 * @module
 */
import { join, posix } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { shortenPath } from '../../base/wording.js';
import type { CheckpointSource } from '../read/checkpoint-source.js';
import type { FolderEntry } from '../read/find-checkpoint.js';
import { LocalSource } from '../read/local-source.js';
import { CachedSource } from './cached-source.js';
import { isFile, labelOf, writeHub, type HubAddress, type UrlAddress } from './address.js';
import { isLoopback } from './hosts.js';
import { HttpClient, isUnavailable } from './http-client.js';
import { escapeSteps, isCommit, readRevision, urlBelow, type HubRevision } from './hub-api.js';
import { checkComplete, findSnapshot, isComplete, type Snapshot } from './hub-cache.js';
import { RemoteSource, type RemoteFolder } from './remote-source.js';
import { readSettings, type HubSettings } from './settings.js';
import type { OpenSourceOptions } from './source-options.js';
import { TRANSPORT } from './transport.js';

/** @throws see openSource */
export async function openHub(address: HubAddress, options: OpenSourceOptions): Promise<CheckpointSource> {
  const settings = await readSettings(options.environment ?? process.env);
  const snapshot = await findSnapshot(settings.cache, address.model, address.revision);
  if (settings.isOffline) return await openOffline(address, snapshot, settings, options);
  if (snapshot !== undefined && isCommit(address.revision) && (await isComplete(placeIn(snapshot, address))))
    return openSnapshot(address, snapshot, [], options);
  const client = makeClient(settings, options);
  try {
    const revision = await readRevision(client, settings.endpoint, address);
    return await openRevision(address, revision, client, settings, options);
  } catch (error) {
    if (snapshot === undefined || !isUnavailable(error)) throw error;
    if (!(await isComplete(placeIn(snapshot, address)))) throw error;
    const label = writeHub(address, snapshot.commit);
    return openSnapshot(address, snapshot, [`${error.found} The Hub's cache was read: ${label}.`], options);
  }
}

/** Weights that the cache has at the commit are read there: then they may be kept. */
async function openRevision(
  address: HubAddress,
  revision: HubRevision,
  client: HttpClient,
  settings: HubSettings,
  options: OpenSourceOptions,
): Promise<CheckpointSource> {
  const { signal, onHeaders } = options;
  const remote = new RemoteSource(client, folderOf(address, revision, settings), { signal, onHeaders });
  const snapshot = await findSnapshot(settings.cache, address.model, revision.commit);
  if (snapshot === undefined || !(await isComplete(placeIn(snapshot, address)))) return remote;
  return new CachedSource(openSnapshot(address, snapshot, [], options), remote);
}

function makeClient(settings: HubSettings, { transport, signal }: OpenSourceOptions): HttpClient {
  const { endpoint, token, stallMs } = settings;
  return new HttpClient({ endpoint, token, transport: { ...TRANSPORT, stallMs, ...transport }, signal });
}

const placeIn = ({ folder }: Snapshot, { place }: HubAddress): string => join(folder, ...place.split('/'));

async function openOffline(
  address: HubAddress,
  snapshot: Snapshot | undefined,
  { cache }: HubSettings,
  options: OpenSourceOptions,
): Promise<CheckpointSource> {
  const { model, revision } = address;
  const name = revision === undefined ? model : `${model} --revision ${revision}`;
  if (snapshot === undefined) {
    const found = `${writeHub(address, revision)} is not in the Hub's cache, ${shortenPath(cache)}, and HF_HUB_OFFLINE is set.`;
    throw new ValueError(
      'BAD_CHECKPOINT',
      found,
      `Unset it, or download the model before: hf download ${name}`,
    );
  }
  await checkComplete(placeIn(snapshot, address), name);
  return openSnapshot(address, snapshot, [], options);
}

const openSnapshot = (
  address: HubAddress,
  snapshot: Snapshot,
  warnings: readonly string[],
  { onHeaders }: OpenSourceOptions,
): CheckpointSource =>
  new LocalSource(placeIn(snapshot, address), {
    label: writeHub(address, snapshot.commit),
    warnings,
    onHeaders,
  });

/** Everything at one commit: a push in between must not mix two versions. */
function folderOf(
  address: HubAddress,
  { commit, files }: HubRevision,
  { endpoint }: HubSettings,
): RemoteFolder {
  const { model, place } = address;
  const folder = isFile(place) ? posix.dirname(place).replace(/^\.$/, '') : place;
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = listFolder(files, prefix);
  const label = writeHub(address, commit);
  if (entries.length === 0 && prefix !== '') {
    const found = `${label}: the model has no folder "${folder}".`;
    throw new ValueError(
      'BAD_CHECKPOINT',
      found,
      `Its files: ${urlBelow(endpoint, model, 'tree', commit).href}`,
    );
  }
  return {
    label,
    fileName: isFile(place) ? posix.basename(place) : undefined,
    entries,
    page: urlBelow(endpoint, model).href,
    urlOf: (name) => urlBelow(endpoint, model, 'resolve', commit, escapeSteps(`${prefix}${name}`)),
    labelOf: (name) => writeHub({ ...address, place: `${prefix}${name}` }, commit),
  };
}

/** The files and folders right below a prefix. */
function listFolder(files: readonly string[], prefix: string): readonly FolderEntry[] {
  const below = files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  const names = below.filter((file) => !file.includes('/'));
  const folders = new Set(
    below.filter((file) => file.includes('/')).map((file) => file.replace(/\/.*$/s, '')),
  );
  return [
    ...names.map((name) => ({ name, isFolder: false })),
    ...Array.from(folders, (name) => ({ name, isFolder: true })),
  ];
}

/** @throws see openSource */
export async function openUrl({ url }: UrlAddress, options: OpenSourceOptions): Promise<CheckpointSource> {
  const settings = await readSettings(options.environment ?? process.env);
  checkProtocol(url, settings);
  const steps = url.pathname.split('/');
  const fileName = readFileName(url);
  const urlOf = (name: string): URL => {
    if (name === fileName) return url;
    const beside = new URL(url);
    beside.pathname = [...steps.slice(0, -1), escapeSteps(name)].join('/');
    return beside;
  };
  const folder = {
    label: labelOf(url),
    fileName,
    entries: undefined,
    page: undefined,
    urlOf,
    labelOf: (name: string) => labelOf(urlOf(name)),
  };
  const { signal, onHeaders } = options;
  return new RemoteSource(makeClient(settings, options), folder, { signal, onHeaders });
}

/** @throws {ValueError} BAD_OPTION */
function readFileName(url: URL): string {
  try {
    return decodeURIComponent(posix.basename(url.pathname));
  } catch (cause) {
    const found = `${labelOf(url)} has a % that begins no character.`;
    throw new ValueError('BAD_OPTION', found, 'Write a percent sign as %25.', { cause });
  }
}

/** @throws {ValueError} BAD_OPTION */
function checkProtocol(url: URL, { endpoint, isOffline }: HubSettings): void {
  const { protocol, origin, hostname } = url;
  if (isOffline && origin === endpoint.origin) {
    const found = `HF_HUB_OFFLINE is set, and ${labelOf(url)} is an address of the Hub.`;
    throw new ValueError(
      'BAD_OPTION',
      found,
      "Unset it, or write hf:OWNER/NAME for a model in the Hub's cache.",
    );
  }
  if (protocol === 'https:' || origin === endpoint.origin || isLoopback(hostname)) return;
  const remedy = `Write https://, or download the file and pass its path; a mirror of the Hub is set in HF_ENDPOINT.`;
  throw new ValueError('BAD_OPTION', `${labelOf(url)} would be read without encryption.`, remedy);
}
