/** A server cannot make us read more than we asked for, follow it elsewhere, hang, or tell anyone a token. */
import { describe, expect, test } from 'vitest';
import { messageOf, JumpfillError } from '#built/base/errors.js';
import { HttpClient } from '#built/storage/remote/http-client.js';
import { asTryAgain } from '#built/storage/remote/send-get.js';
import {
  answerApi,
  answerApiForever,
  API_FAULTS,
  drip,
  hang,
  hangUp,
  onlyWhere,
  packed,
  RANGE_FAULTS,
  REDIRECT_FAULTS,
  redirectTo,
  sayStatus,
  stall,
} from '../../support/hub-faults.js';
import { startHub, type Fault, type Hub, type HubOptions } from '../../support/hub-server.js';
import { fileOf, openFrom, QUICK, saveFiles, saveSharded } from '../../support/remote.js';
import { headerOf, indexOf } from '../../support/stored-files.js';

/** What a system's buffers take of an answer before the server notices that nobody reads. */
const BUFFERED_BYTES = 16 * 2 ** 20;

/** Such a server is noticed in this long. */
const IMPATIENT = { ...QUICK, stallMs: 50, tries: 2 } as const;

const TOKEN = 'hf_s3cretT0ken';

/** Opens a model of one file in vain; every message, the causes' included. */
async function refusalOf(
  options: HubOptions,
  like = 'hf:m',
  { transport = QUICK, signal }: Parameters<typeof openFrom>[2] = {},
): Promise<{ readonly error: unknown; readonly text: string; readonly served: Hub['served'] }> {
  const folder = saveFiles({ 'model.safetensors': fileOf(['a'], 100_000) });
  await using hub = await startHub({ models: { m: folder }, files: folder, ...options });
  const environment = { ...hub.environment, HF_TOKEN: TOKEN };
  const text = like.replace('HUB', hub.url);
  const error: unknown = await openFrom({ environment }, text, { transport, signal })
    .then(async (source) => await source.openFiles())
    .then(
      () => new Error('it was opened'),
      (cause: unknown) => cause,
    );
  return { error, text: textOf(error), served: hub.served };
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.stack, JSON.stringify(error), textOf(error.cause)].join('\n');
}

const onContent = (fault: Fault): Fault => onlyWhere(({ host }) => host === 'content', fault);

describe('ranges:', () => {
  test.each(Object.entries(RANGE_FAULTS))('a server that %s', async (_, fault) => {
    const { error, text, served } = await refusalOf({ fault: onContent(fault) });
    expect(error).toBeInstanceOf(JumpfillError);
    expect((error as JumpfillError).code).toMatch(/^(?:IO_FAILED|BAD_CHECKPOINT)$/);
    expect(text).not.toContain('was opened');
    const content = served.filter(({ host }) => host === 'content');
    for (const { sentBytes } of content) expect(sentBytes).toBeLessThan(BUFFERED_BYTES);
    // Asking again would not help.
    expect(content).toHaveLength(1);
  });

  test('a header that says it has 100 MB is asked for, and no more', async () => {
    const first = Buffer.alloc(2 ** 16, 0x20);
    first.writeBigUInt64LE(100_000_000n);
    const { error, served } = await refusalOf({
      fault: onContent(({ range = '' }, response) => {
        const isFirst = range === 'bytes=0-65535';
        response.writeHead(206, { 'Content-Range': `${range.replace('=', ' ')}/${2 ** 40}` });
        if (isFirst) response.end(first);
        else response.destroy();
        return true;
      }),
    });
    expect(error).toMatchObject({ code: 'IO_FAILED' });
    const ranges = new Set(served.flatMap(({ range }) => range ?? []));
    expect(ranges).toEqual(new Set(['bytes=0-65535', 'bytes=65536-100000007']));
  });

  test('a longer one is not asked for', async () => {
    const first = Buffer.alloc(2 ** 16, 0x20);
    first.writeBigUInt64LE(100_000_001n);
    const { error, served } = await refusalOf({
      fault: onContent((_, response) => {
        response.writeHead(206, { 'Content-Range': `bytes 0-65535/${2 ** 40}` });
        response.end(first);
        return true;
      }),
    });
    expect(messageOf(error)).toContain('its header would have 100000001 bytes, but at most 100000000');
    expect(served.filter(({ host }) => host === 'content')).toHaveLength(1);
  });

  test.each([
    ['ETag', (count: number) => ({ etag: `"${count}"`, total: 200_000 })],
    ['size', (count: number) => ({ etag: '"same"', total: 200_000 + count })],
  ])('a file whose %s changes between two requests', async (_, factsOf) => {
    const file = fileOf(['a'], 100_000);
    let count = 0;
    const { error } = await refusalOf({
      fault: onContent(({ range = '' }, response) => {
        const { etag, total } = factsOf(count++);
        const [start, end] = range.slice(6).split('-').map(Number);
        const [whole, from, to] = [Buffer.concat([file, Buffer.alloc(1e5)]), start ?? 0, (end ?? 0) + 1];
        response.writeHead(206, { ETag: etag, 'Content-Range': `${range.replace('=', ' ')}/${total}` });
        response.end(whole.subarray(from, to));
        return true;
      }),
    });
    expect(messageOf(error)).toContain('changed on the server between two requests');
  });

  test('a file that is larger or smaller than its header says', async () => {
    const file = fileOf(['a']);
    const models = {
      larger: saveFiles({ 'model.safetensors': Buffer.concat([file, file]) }),
      smaller: saveFiles({ 'model.safetensors': file.subarray(0, -1) }),
    };
    for (const name of Object.keys(models)) {
      const { error } = await refusalOf({ models }, `hf:${name}`);
      expect(messageOf(error)).toMatch(/bytes behind the last tensor|cut short/);
    }
  });
});

describe('redirects:', () => {
  test.each(Object.entries(REDIRECT_FAULTS))('%s', async (_, location) => {
    for (const fault of [redirectTo(location), onContent(redirectTo(location))]) {
      const { error, served } = await refusalOf({ fault });
      expect(error).toMatchObject({ code: 'IO_FAILED' });
      expect(messageOf(error)).toContain('was redirected');
      expect(served.length).toBeLessThan(15);
    }
  });

  test('the token goes to the endpoint alone, not where it leads', async () => {
    const { served } = await refusalOf({ fault: onContent(redirectTo('')) });
    expect(served.filter(({ authorization }) => authorization === `Bearer ${TOKEN}`).length).toBeGreaterThan(
      0,
    );
    expect(served.filter(({ host, authorization }) => host === 'content' && authorization)).toEqual([]);
  });

  test('a file of another server gets none', async () => {
    const folder = saveFiles({ 'm.safetensors': fileOf(['a']) });
    await using other = await startHub({ files: folder });
    await refusalOf({}, `${other.url}/files/m.safetensors`);
    expect(other.served.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe('time:', () => {
  test.each([
    ['says nothing', hang],
    ['stops within an answer', stall],
    ['sends a byte now and then', drip(10)],
  ])('a server that %s is given up', async (_, fault) => {
    for (const where of [fault, onContent(fault)]) {
      const { error, served } = await refusalOf({ fault: where }, 'hf:m', { transport: IMPATIENT });
      expect(messageOf(error)).toContain(`(${served.at(-1)?.headers.host})`);
      expect(error).toMatchObject({ code: 'IO_FAILED' });
      expect(messageOf(error)).toMatch(/nothing came for 0.05 s|less than 16384 bytes a second/);
    }
  });

  test('503, for ever', async () => {
    const { error, served } = await refusalOf({ fault: sayStatus(503) });
    expect(messageOf(error)).toContain('answers HTTP 503; tried 5 times. The server answers, but');
    expect(served).toHaveLength(5);
  });

  test('429, and to wait for a year', async () => {
    const { error, served } = await refusalOf({ fault: sayStatus(429, { 'Retry-After': '31536000' }) });
    expect(messageOf(error)).toContain(
      'HTTP 429, and asks to wait 31536000 s; tried once. The server limits',
    );
    expect(messageOf(error)).not.toContain('proxy');
    expect(served).toHaveLength(1);
  });

  test('a connection that is cut, for ever', async () => {
    const { error } = await refusalOf({ fault: onContent(hangUp) });
    expect(messageOf(error)).toMatch(/cannot be read: .*hang up \(127\.0\.0\.1:\d+\); tried 5 times\. Check/);
  });

  test('a port where nobody listens is named with its host, and no name or password of the address', async () => {
    const hub = await startHub({});
    const url = new URL(hub.url);
    await hub[Symbol.asyncDispose]();
    const transport = { ...QUICK, tries: 5, maxPauseMs: 0 };
    Object.assign(url, { username: 'me', password: 'secret' });
    const client = new HttpClient({ endpoint: url, token: 'hf_x', transport, signal: undefined });
    const error: unknown = await client
      .get({ url, label: 'hf:m' }, () => Promise.resolve())
      .catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toContain('ECONNREFUSED');
    expect(messageOf(error)).toContain(`(${url.host}); tried 5 times.`);
    expect(messageOf(error)).not.toMatch(/secret|hf_x|me:/);
  });

  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'belongs into the file of NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Check the address and the clock'],
    ['ECONNRESET', 'Check the network and the address'],
  ])('a connection that fails by %s, for ever', async (code, remedy) => {
    await using hub = await startHub({});
    const url = new URL(hub.url);
    const transport = { ...QUICK, tries: 2, maxPauseMs: 0 };
    const client = new HttpClient({ endpoint: url, token: undefined, transport, signal: undefined });
    const failed = Object.assign(new Error('x'.repeat(10_000)), { code });
    const error: unknown = await client
      .get({ url, label: 'hf:m' }, () => Promise.reject(asTryAgain(failed, url)))
      .catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toMatch(
      new RegExp(`^hf:m cannot be read: ${code}: x+\\.\\.\\. \\(${url.host}\\); tried 2 times\\. `),
    );
    expect(messageOf(error)).toContain(remedy);
    expect(messageOf(error).length).toBeLessThan(600);
  });

  test('a signal ends the requests, whatever the server does', async () => {
    for (const fault of [hang, onContent(hang), onContent(stall), sayStatus(503)]) {
      const abort = new AbortController();
      const stopped: Fault = async (request, response) => {
        setImmediate(() => {
          abort.abort(new Error('stopped by its caller'));
        });
        return await fault(request, response);
      };
      const { error } = await refusalOf({ fault: stopped }, 'hf:m', { signal: abort.signal });
      expect(error).toBe(abort.signal.reason);
    }
    const before = AbortSignal.abort(new Error('already stopped'));
    const { error, served } = await refusalOf({}, 'hf:m', { signal: before });
    expect([error, served]).toEqual([before.reason, []]);
  });
});

describe("the Hub's answers:", () => {
  test.each(Object.entries(API_FAULTS))('%s', async (_, text) => {
    const { error } = await refusalOf({ fault: answerApi(text) });
    expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(messageOf(error)).toContain("hf:m: the Hub's answer: ");
    expect(messageOf(error).length).toBeLessThan(400);
  });

  test('one without end', async () => {
    const { error, served } = await refusalOf({ fault: answerApiForever });
    expect(messageOf(error)).toContain('the list of its files is too long');
    expect(served[0]?.sentBytes).toBeLessThan(2 ** 25 + BUFFERED_BYTES);
  });

  test.each([
    ['gzip', 1],
    ['deflate', 1],
    ['br', 1],
    ['gzip', 1000],
  ])('one that says it is packed by %s, %i times, is not unpacked', async (encoding, times) => {
    const { error, served } = await refusalOf({ fault: packed(encoding, times) });
    expect(messageOf(error)).toContain('hf:m: the server packs what it sends, although it was asked not to');
    expect(served).toHaveLength(1);
  });

  test('names that lead out of the model are none of its files', async () => {
    const names = [
      '../../x/model.safetensors',
      '/etc/model.safetensors',
      'a//model.safetensors',
      'a\\model.safetensors',
    ];
    const siblings = names.map((rfilename) => ({ rfilename }));
    const { error } = await refusalOf({
      fault: answerApi(JSON.stringify({ sha: 'a'.repeat(40), siblings })),
    });
    expect(messageOf(error)).toContain('holds nothing');
  });

  test.each([
    [
      'no such model',
      {},
      'hf:other',
      'hf:other does not exist, or the token that was sent may not read it (HTTP 401)',
    ],
    ['no such revision', {}, 'hf:m@v9', 'hf:m@v9: the model has no such revision'],
    ['a gated model', { 'X-Error-Code': 'GatedRepo' }, 'hf:m', 'is gated: its owner gives access on request'],
  ] as const)('%s', async (_, headers, like, message) => {
    const fault = Object.keys(headers).length > 0 ? { fault: sayGated } : {};
    const { error } = await refusalOf(fault, like);
    expect(error).toMatchObject({ code: 'BAD_CHECKPOINT' });
    expect(messageOf(error)).toContain(message);
  });
});

const sayGated: Fault = (_, response) => {
  response.writeHead(403, { 'X-Error-Code': 'GatedRepo' });
  response.end();
  return true;
};

describe('indices:', () => {
  test.each([
    '../x.safetensors',
    '/etc/x.safetensors',
    'https://127.0.0.1/x.safetensors',
    'a\\x.safetensors',
  ])('one that names %s', async (file) => {
    const folder = saveFiles({ 'model.safetensors.index.json': indexOf({ [file]: ['a'] }) });
    const { error, served } = await refusalOf({ models: { m: folder } });
    expect(messageOf(error)).toContain("is not a file in the index's folder");
    expect(served.every(({ host }) => host === 'hub')).toBe(true);
  });

  test('one without end', async () => {
    const folder = saveFiles(saveSharded(1));
    const isIndex = onlyWhere(
      ({ path }) => path.endsWith('.index.json'),
      (_, response) => {
        response.writeHead(200, { 'Content-Length': 2e8 });
        response.write('{');
        return true;
      },
    );
    const { error } = await refusalOf({ models: { m: folder }, fault: isIndex });
    expect(messageOf(error)).toContain('an index has at most 100000000');
  });

  test('one whose files have headers of 100 MB each: no more is asked for than one such header', async () => {
    const folder = saveFiles(saveSharded(8));
    const first = Buffer.alloc(2 ** 16, 0x20);
    first.writeBigUInt64LE(100_000_000n);
    const fault = onContent(({ range = '' }, response) => {
      response.writeHead(206, { 'Content-Range': `${range.replace('=', ' ')}/${2 ** 40}` });
      if (range === 'bytes=0-65535') response.end(first);
      return true;
    });
    const { error, served } = await refusalOf({ models: { m: folder }, fault });
    expect(error).toMatchObject({ code: 'TOO_LARGE' });
    expect(messageOf(error)).toContain(`has more than ${2 ** 27} bytes of headers`);
    expect(served.filter(({ range = '' }) => range.startsWith('bytes=65536-')).length).toBeLessThan(2);
  });

  test('one that names files without end, and has none of them', async () => {
    const names = Array.from({ length: 10_000 }, (_, i): [string, string[]] => [
      `m${i}.safetensors`,
      [`t${i}`],
    ]);
    const folder = saveFiles({ 'model.safetensors.index.json': indexOf(Object.fromEntries(names)) });
    const { error, served } = await refusalOf({ models: { m: folder } });
    expect(messageOf(error)).toContain('names 10000 files, and more than 100 are missing: "m0.safetensors"');
    expect(served.length).toBeLessThan(150);
  });

  test('the first failure ends the requests beside it', async () => {
    const folder = saveFiles(saveSharded(8));
    let isFirst = true;
    const fault = onContent((request, response) => {
      if (!isFirst) return true; // hangs
      isFirst = false;
      return sayStatus(418)(request, response);
    });
    const { error } = await refusalOf({ models: { m: folder }, fault });
    expect(messageOf(error)).toContain('answers HTTP 418');
  });
});

describe('the token', () => {
  test('is in no message, whatever happens', async () => {
    const faults = [
      hangUp,
      sayStatus(401),
      sayStatus(500),
      redirectTo('file:///x'),
      answerApi('{'),
      sayGated,
    ];
    for (const fault of faults) {
      const { text } = await refusalOf({ fault });
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain('was opened');
    }
  });

  test('that cannot be one is refused without being repeated', async () => {
    for (const token of ['hf_a\nb: c', 'hf_ü', 'hf_a b']) {
      const error = await openFrom({ environment: { HF_TOKEN: token } }, 'hf:m').catch(textOf);
      expect(error).toContain('The token of HF_TOKEN has characters that no token has.');
      expect(error).not.toContain(token);
    }
  });

  test('is not sent without encryption to another machine', async () => {
    const { readSettings } = await import('#built/storage/remote/settings.js');
    const of = async (endpoint: string): Promise<unknown> =>
      (await readSettings({ HF_TOKEN: TOKEN, HF_ENDPOINT: endpoint })).token;
    expect(await of('http://mirror.example')).toBeUndefined();
    expect(await of('http://127.0.0.1:80')).toBe(TOKEN);
    expect(await of('https://mirror.example')).toBe(TOKEN);
  });

  test('that an answer repeats is still in no message', async () => {
    const header = headerOf({ a: ['F32', [1], 0, 4] });
    expect(header).not.toContain(TOKEN);
    const { text } = await refusalOf({
      fault: (request, response) => {
        response.writeHead(418, { 'X-Error-Message': String(request.authorization) });
        response.end(request.authorization);
        return true;
      },
    });
    expect(text).not.toContain(TOKEN);
  });
});
