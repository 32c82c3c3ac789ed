/**
 * A Hub on loopback: the API, `resolve` with its redirects to a content server on another port, and plain files, all from folders.
 * It counts what it sends, may answer late, and may be told to misbehave (hub-faults.ts). The content server answers a request that
 * carries a token with an error, and `close()` throws if there was one.
 *
 *     await using hub = await startHub({ models: { 'org/tiny': folder } });
 *     await runCli(['plan', spec, '--like', 'hf:org/tiny'], hub.environment);
 *
 * A model is a folder, or folders by revision; each revision's commit is a digest of the names and sizes of its files. Plain files, of
 * the folder `files`, have addresses such as `${hub.url}/files/model.safetensors`.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A request as it came, and what was sent. */
export interface Served {
  readonly host: 'hub' | 'content';
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** Bytes of the body that the server has written; a few MB of them may still lie in the system's buffers. */
  sentBytes: number;
}

/** Answers a request in the server's place, if it returns true. */
export type Fault = (request: Served, response: ServerResponse) => boolean | Promise<boolean>;

export interface HubOptions {
  /** By `OWNER/NAME`, or `NAME`: a folder, or folders by revision (`main` is the default). */
  readonly models?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** Other names of models, which the Hub redirects. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** The folder of plain files, below /files. */
  readonly files?: string;
  /** The API and `resolve` ask for this token; without it, 401. */
  readonly token?: string;
  /** How long each answer takes to begin. */
  readonly latencyMs?: number;
  readonly fault?: Fault;
}

export interface Hub extends AsyncDisposable {
  /** For HF_ENDPOINT. */
  readonly url: string;
  readonly contentUrl: string;
  /** In the order in which they came. */
  readonly served: readonly Served[];
  /** Variables for a process that is to use this Hub, with no token and no cache. */
  readonly environment: Readonly<Record<string, string>>;
  commitOf: (model: string, revision?: string) => string;
  close: () => Promise<void>;
}

export async function startHub(options: HubOptions): Promise<Hub> {
  const served: Served[] = [];
  const content = await listen('content', served, options, answerContent);
  const hub = await listen('hub', served, options, (request, response) => {
    answerHub(request, response, { ...options, contentUrl: content.url });
  });
  const close = async (): Promise<void> => {
    await Promise.all([hub.stop(), content.stop()]);
    const leaks = served.filter(({ host, authorization }) => host === 'content' && authorization);
    if (leaks.length > 0) throw new Error(`the content server was sent a token ${leaks.length} times`);
  };
  return {
    url: hub.url,
    contentUrl: content.url,
    served,
    environment: {
      HF_ENDPOINT: hub.url,
      HF_HOME: '/nonexistent/jumpfill-hub',
      HF_HUB_CACHE: '',
      HF_TOKEN: '',
      HF_TOKEN_PATH: '/nonexistent/jumpfill-hub/token',
      HF_HUB_OFFLINE: '',
    },
    commitOf: (model, revision = 'main') => commitOf(folderOf(options, model, revision) ?? ''),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Running {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

type Answer = (request: Served, response: ServerResponse) => void;

async function listen(
  host: Served['host'],
  served: Served[],
  { latencyMs = 0, fault }: HubOptions,
  answer: Answer,
): Promise<Running> {
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = describe(host, message);
    served.push(request);
    if (latencyMs > 0) await setTimeout(latencyMs);
    if (fault !== undefined && (await fault(request, response))) return;
    answer(request, response);
  };
  const server = createServer((message, response) => {
    response.on('error', () => undefined);
    handle(message, response).catch((error: unknown) => {
      response.destroy(error as Error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function describe(host: Served['host'], { method = '', url = '/', headers }: IncomingMessage): Served {
  const { pathname, search } = new URL(`http://server${url}`);
  const { range, authorization } = headers;
  const path = decodeURIComponent(pathname);
  return { host, method, path, query: search, range, authorization, headers, sentBytes: 0 };
}

interface Answering extends HubOptions {
  readonly contentUrl: string;
}

/** The addresses that it knows. A revision has its slashes escaped, as clients of the Hub write it. */
const API = /^\/api\/models\/(?<name>[^/]+(?:\/[^/]+)?)\/revision\/(?<revision>.+)$/;
const RESOLVE = /^\/(?<name>(?!api\/|files\/)[^/]+(?:\/[^/]+)?)\/resolve\/(?<rest>.+)$/;
const CACHED = /^\/api\/resolve-cache\/models\/(?<name>[^/]+(?:\/[^/]+)?)\/(?<rest>[0-9a-f]{40}\/.+)$/;

function answerHub(request: Served, response: ServerResponse, options: Answering): void {
  const { path } = request;
  if (path.startsWith('/files/')) {
    sendFile(request, response, join(options.files ?? '/nonexistent', path.slice('/files'.length)));
    return;
  }
  if (options.token !== undefined && request.authorization !== `Bearer ${options.token}`) {
    refuse(response, 401, 'RepoNotFound', 'Repository not found');
    return;
  }
  const [kind, groups] = matchPath(path);
  const { name = '', revision = '', rest = '' } = groups;
  const renamed = options.renamed?.[name];
  if (renamed !== undefined) redirect(response, 307, path.replace(name, renamed));
  else if (kind === 'api') answerApi(response, options, name, revision);
  else if (kind !== 'unknown') answerResolve(request, response, options, { kind, name, rest });
  else refuse(response, 404, 'EntryNotFound', 'Not found');
}

type Kind = 'api' | 'resolve' | 'cached' | 'unknown';

function matchPath(path: string): readonly [Kind, Readonly<Record<string, string | undefined>>] {
  for (const [kind, pattern] of [
    ['api', API],
    ['cached', CACHED],
    ['resolve', RESOLVE],
  ] as const) {
    const groups = pattern.exec(path)?.groups;
    if (groups !== undefined) return [kind, groups];
  }
  return ['unknown', {}];
}

function answerApi(response: ServerResponse, options: Answering, name: string, revision: string): void {
  const folder = folderOf(options, name, revision);
  if (folder === undefined) {
    refuseMissing(response, options, name);
    return;
  }
  const siblings = listFiles(folder).map((rfilename) => ({ rfilename }));
  const answer = { _id: '0', id: name, private: false, tags: ['test'], sha: commitOf(folder), siblings };
  sendJson(response, 200, answer);
}

interface Resolved {
  readonly kind: 'resolve' | 'cached';
  readonly name: string;
  readonly rest: string;
}

/** Large files lie on the content server, behind an address that is signed; small ones behind a redirect within the Hub. */
function answerResolve(
  request: Served,
  response: ServerResponse,
  options: Answering,
  { kind, name, rest }: Resolved,
): void {
  const { folder, file, commit } = locate(options, name, rest);
  if (folder === undefined) {
    refuseMissing(response, options, name);
    return;
  }
  const path = join(folder, file);
  if (!existsSync(path)) {
    refuse(response, 404, 'EntryNotFound', 'Entry not found');
    return;
  }
  response.setHeader('X-Repo-Commit', commit);
  if (file.endsWith('.safetensors')) {
    response.setHeader('X-Linked-Size', statSync(path).size);
    response.setHeader('X-Linked-ETag', etagOf(path));
    redirect(response, 302, `${options.contentUrl}${encodeURI(path)}?X-Signature=secret-of-${commit}`);
  } else if (kind === 'resolve') {
    redirect(response, 307, `/api/resolve-cache/models/${name}/${commit}/${encodeURI(file)}`);
  } else sendFile(request, response, path);
}

/** The revision is the longest beginning of the address that is one. */
function locate(
  options: HubOptions,
  name: string,
  rest: string,
): { folder?: string; file: string; commit: string } {
  const steps = rest.split('/');
  for (let count = steps.length - 1; count > 0; count--) {
    const folder = folderOf(options, name, steps.slice(0, count).join('/'));
    if (folder !== undefined) return { folder, file: steps.slice(count).join('/'), commit: commitOf(folder) };
  }
  return { file: '', commit: '' };
}

function folderOf({ models = {} }: HubOptions, name: string, revision: string): string | undefined {
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (model === undefined) return undefined;
  const folders: Readonly<Record<string, string>> = typeof model === 'string' ? { main: model } : model;
  if (Object.hasOwn(folders, revision)) return folders[revision];
  return Object.values(folders).find((folder) => commitOf(folder) === revision);
}

function commitOf(folder: string): string {
  const digest = createHash('sha1').update(folder);
  for (const file of listFiles(folder)) digest.update(`${file}:${statSync(join(folder, file)).size}\n`);
  return digest.digest('hex');
}

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

function answerContent(request: Served, response: ServerResponse): void {
  if (request.authorization === undefined) sendFile(request, response, request.path);
  else refuse(response, 400, 'Leak', 'This server must not see a token');
}

const etagOf = (path: string): string => {
  const { size, mtimeMs } = statSync(path);
  return `"${createHash('sha1').update(`${path}:${size}:${mtimeMs}`).digest('hex')}"`;
};

function sendFile(request: Served, response: ServerResponse, path: string): void {
  if (!existsSync(path) || !statSync(path).isFile()) {
    refuse(response, 404, 'EntryNotFound', 'Not found');
    return;
  }
  const { size } = statSync(path);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const end = Math.min(Number(range?.[2] ?? size - 1), size - 1);
  response.setHeader('ETag', etagOf(path));
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', 'application/octet-stream');
  if (range !== null && start >= size) {
    response.setHeader('Content-Range', `bytes */${size}`);
    refuse(response, 416, 'BadRange', 'Range not satisfiable');
    return;
  }
  if (range !== null) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.writeHead(range === null ? 200 : 206, { 'Content-Length': end - start + 1 });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start, end });
  stream.on('data', (chunk) => (request.sentBytes += chunk.length));
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function refuseMissing(response: ServerResponse, { models = {} }: HubOptions, name: string): void {
  if (Object.hasOwn(models, name)) refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
  else refuse(response, 401, 'RepoNotFound', 'Repository not found');
}

export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.setHeader('X-Error-Code', code);
  response.setHeader('X-Error-Message', message);
  sendJson(response, status, { error: message });
}

export function redirect(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { Location: location, 'Content-Length': 0 });
  response.end();
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
