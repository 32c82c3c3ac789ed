/** What a server may do wrong: each answers in the place of hub-server.ts. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { redirect, refuse, sendJson, type Fault, type Served } from './hub-server.js';

/** Bytes that never end, as fast as they are taken. */
function sendForever(request: Served, response: ServerResponse): void {
  const piece = Buffer.alloc(2 ** 16, 0x20);
  const write = (): void => {
    while (!response.destroyed && response.write(piece)) request.sentBytes += piece.length;
  };
  response.on('drain', write);
  write();
}

/** Answers a request for a range of `[start, end]`. */
const answerRange =
  (answer: (request: Served, response: ServerResponse, start: number, end: number) => void): Fault =>
  (request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.range ?? '') ?? [];
    if (start === undefined) return false;
    answer(request, response, Number(start), Number(end));
    return true;
  };

/** Answers a range with these headers and this many bytes of spaces. */
const sendRange = (
  contentRange: (start: number, end: number) => string,
  byteLength: (start: number, end: number) => number,
  headers: Readonly<Record<string, string>> = {},
): Fault =>
  answerRange((request, response, start, end) => {
    const body = Buffer.alloc(byteLength(start, end), 0x20);
    response.writeHead(206, { ...headers, 'Content-Range': contentRange(start, end) });
    request.sentBytes += body.length;
    response.end(body);
  });

const countOf = (start: number, end: number): number => end + 1 - start;

/** Faults that every reader of ranges must notice; the promise is that nothing more is read than was asked for. */
export const RANGE_FAULTS = {
  'ignores ranges, and sends without end': answerRange((request, response) => {
    response.writeHead(200);
    sendForever(request, response);
  }),
  'ignores ranges, and says that the file has 700 GB': answerRange((request, response) => {
    response.writeHead(200, { 'Content-Length': 700e9 });
    sendForever(request, response);
  }),
  'sends more than the range': answerRange((request, response, start, end) => {
    response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${2 ** 30}` });
    sendForever(request, response);
  }),
  'sends another range': sendRange((start, end) => `bytes ${start + 1}-${end + 1}/${2 ** 30}`, countOf),
  'sends a longer range': sendRange(
    (start, end) => `bytes ${start}-${end + 1}/${2 ** 30}`,
    (start, end) => countOf(start, end) + 1,
  ),
  'sends a shorter range': sendRange(
    (start, end) => `bytes ${start}-${end - 1}/${2 ** 30}`,
    (start, end) => countOf(start, end) - 1,
  ),
  'does not say how large the file is': sendRange((start, end) => `bytes ${start}-${end}/*`, countOf),
  'says a size beyond 2^53': sendRange((start, end) => `bytes ${start}-${end}/99999999999999999999`, countOf),
  'sends parts of several types': sendRange(() => '', countOf, {
    'Content-Type': 'multipart/byteranges; boundary=x',
  }),
  'packs the range': sendRange((start, end) => `bytes ${start}-${end}/${2 ** 30}`, countOf, {
    'Content-Encoding': 'br',
  }),
  'says that the range is beyond the file': (_, response) => {
    response.setHeader('Content-Range', 'bytes */100');
    refuse(response, 416, 'BadRange', 'no such range');
    return true;
  },
  'answers with a page': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<html>Log in</html>');
    return true;
  },
  'says nothing but "I am a teapot"': (_, response) => {
    refuse(response, 418, '', 'teapot');
    return true;
  },
} satisfies Readonly<Record<string, Fault>>;

/** Redirects that are not followed. */
export const REDIRECT_FAULTS = {
  'to a file': 'file:///etc/passwd',
  'to data': 'data:application/octet-stream;base64,AAAA',
  'to FTP': 'ftp://127.0.0.1/model.safetensors',
  'to what is no address': 'http://[',
  'to itself, for ever': '',
} as const;

export const redirectTo =
  (location: string): Fault =>
  (request, response) => {
    redirect(response, 302, location === '' ? request.path : location);
    return true;
  };

/** Says nothing, not even a status. */
export const hang: Fault = () => true;

/** As if all that was asked for came. */
function begin({ range }: Served, response: ServerResponse, headers: OutgoingHttpHeaders = {}): void {
  if (range === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, 'Content-Range': `${range.replace('=', ' ')}/${2 ** 30}` });
}

/** Says that the answer is packed, this many times, and sends what is not. */
export const packed =
  (encoding: string, times = 1): Fault =>
  (request, response) => {
    begin(request, response, { 'Content-Encoding': Array(times).fill(encoding).join(',') });
    response.write('{"model_type":"test"}');
    return true;
  };

/** Begins, and then says nothing more. */
export const stall: Fault = (request, response) => {
  begin(request, response, { 'Content-Length': 1000 });
  response.write('{');
  return true;
};

/** A byte now and then, for ever. */
export const drip =
  (intervalMs: number): Fault =>
  (request, response) => {
    begin(request, response);
    const timer = setInterval(() => response.write(' '), intervalMs);
    response.on('close', () => {
      clearInterval(timer);
    });
    return true;
  };

/** Ends the connection within the answer. */
export const truncate: Fault = (request, response) => {
  begin(request, response, { 'Content-Length': 1000 });
  response.write('{', () => {
    response.destroy();
  });
  return true;
};

/** Ends the connection without an answer. */
export const hangUp: Fault = (_, response) => {
  response.destroy();
  return true;
};

export const sayStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    refuse(response, status, '', 'fault');
    return true;
  };

/** Only the first requests go wrong, counted for each address. */
export function firstTimes(count: number, fault: Fault): Fault {
  const seen = new Map<string, number>();
  return (request, response) => {
    const key = `${request.host}${request.path}${request.range ?? ''}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times <= count && fault(request, response);
  };
}

/** Only requests for which this holds go wrong. */
export const onlyWhere =
  (condition: (request: Served) => boolean, fault: Fault): Fault =>
  (request, response) =>
    condition(request) && fault(request, response);

/** Answers of the API that are no answers of a Hub. */
export const API_FAULTS = {
  'a page': '<html>Log in</html>',
  'not JSON': '{',
  'JSON of another kind': '[]',
  'no commit': '{"siblings":[]}',
  'a commit that leads elsewhere': '{"sha":"../../../etc/passwd","siblings":[]}',
  'files that are no list': `{"sha":"${'a'.repeat(40)}","siblings":7}`,
  'deep nesting': `{"x":${'['.repeat(1_000_000)}`,
  'the same key twice': `{"sha":"${'a'.repeat(40)}","sha":"${'b'.repeat(40)}"}`,
} as const;

export const answerApi =
  (text: string): Fault =>
  ({ path }, response) => {
    if (!path.startsWith('/api/models/')) return false;
    sendJson(response, 200, text);
    return true;
  };

export const answerApiForever: Fault = (request, response) => {
  if (!request.path.startsWith('/api/models/')) return false;
  response.writeHead(200, { 'Content-Type': 'application/json' });
  sendForever(request, response);
  return true;
};
