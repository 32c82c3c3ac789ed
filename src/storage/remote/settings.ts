/**
 * The environment variables of huggingface_hub that decide where the Hub is, who asks, and where the cache lies.
 * Source: https://github.com/huggingface/huggingface_hub, src/huggingface_hub/constants.py and utils/_auth.py.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ValueError } from '../../base/errors.js';
import { show } from '../../base/wording.js';
import { isGone, readError } from '../files/io-errors.js';
import { isLoopback } from './hosts.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: URL;
  /** Sent to the endpoint and to nobody else. */
  readonly token: string | undefined;
  /** The folder of the Hub's cache. */
  readonly cache: string;
  readonly isOffline: boolean;
  /** A request is given up when no byte comes for this long. */
  readonly stallMs: number;
}

const PUBLIC_HUB = 'https://huggingface.co';

/**
 * @throws {ValueError} BAD_OPTION: a variable that cannot be used
 * @throws {JumpfillError} IO_FAILED: the file of the token cannot be read
 */
export async function readSettings(environment: Environment): Promise<HubSettings> {
  /** An empty variable is none. */
  const read = (name: string): string | undefined => {
    const text = environment[name]?.trim() ?? '';
    return text === '' ? undefined : text;
  };
  const readPath = (name: string): string | undefined => expand(read(name), environment);
  const home =
    readPath('HF_HOME') ?? join(readPath('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  const endpoint = parseEndpoint(read('HF_ENDPOINT') ?? PUBLIC_HUB);
  const isAnonymous = isTrue(read('HF_HUB_DISABLE_IMPLICIT_TOKEN')) || !isSafe(endpoint);
  return {
    endpoint,
    token: isAnonymous ? undefined : await readToken(read, readPath('HF_TOKEN_PATH') ?? join(home, 'token')),
    cache: readPath('HF_HUB_CACHE') ?? readPath('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    isOffline: isTrue(read('HF_HUB_OFFLINE') ?? read('TRANSFORMERS_OFFLINE')),
    stallMs: parseTimeout(read('HF_HUB_DOWNLOAD_TIMEOUT')),
  };
}

const isTrue = (value = ''): boolean => ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());

/** `~` at the start, and variables, as Python expands them; a variable that is not set stays as it is written. */
const expand = (path: string | undefined, environment: Environment): string | undefined =>
  path
    ?.replace(/^~(?=[\\/]|$)/, () => homedir())
    .replace(/\$(?:\w+|\{\w+\})/g, (written) => environment[written.replace(/[${}]/g, '')] ?? written);

/** Whoever reads the network would read a token, too. */
const isSafe = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || isLoopback(hostname);

const refuse = (found: string, remedy: string): ValueError => new ValueError('BAD_OPTION', found, remedy);

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === undefined || !isWeb || url.username !== '' || url.password !== '' || url.search !== '') {
    throw refuse('HF_ENDPOINT is no address of a Hub.', `Write it like ${PUBLIC_HUB}, or leave it out.`);
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  url.hash = '';
  return url;
}

/** As huggingface_hub: seconds, 10 by default. */
const STALL_SECONDS = 10;
const MOST_SECONDS = 3600;

function parseTimeout(text: string | undefined): number {
  if (text === undefined) return 1000 * STALL_SECONDS;
  const seconds = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= MOST_SECONDS) return Math.ceil(1000 * seconds);
  const found = `HF_HUB_DOWNLOAD_TIMEOUT is ${show(text)}.`;
  throw refuse(found, `It takes seconds above 0, up to ${MOST_SECONDS}.`);
}

async function readToken(
  read: (name: string) => string | undefined,
  path: string,
): Promise<string | undefined> {
  const given = read('HF_TOKEN') ?? read('HUGGING_FACE_HUB_TOKEN');
  if (given !== undefined) return checkToken(given, 'HF_TOKEN');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (isGone(cause)) return '';
    throw readError(path, cause);
  });
  const token = text.trim();
  return token === '' ? undefined : checkToken(token, path);
}

/** The message does not repeat it. */
function checkToken(token: string, where: string): string {
  if (/^[\x21-\x7e]{1,1000}$/.test(token)) return token;
  throw refuse(`The token of ${where} has characters that no token has.`, 'Copy it again, or leave it out.');
}
