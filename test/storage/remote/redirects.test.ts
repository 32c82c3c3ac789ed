/** Where a redirect may lead, and where it may not. */
import { expect, test } from 'vitest';
import { checkRedirect } from '../../../src/storage/remote/redirects.js';

const FROM = new URL('https://hub.example/o/n/resolve/main/model.safetensors?key=s3cret');

test.each([
  ['/other', 'https://hub.example/other'],
  ['other', 'https://hub.example/o/n/resolve/main/other'],
  ['?a=1', 'https://hub.example/o/n/resolve/main/model.safetensors?a=1'],
  ['//cdn.example/x?sig=1', 'https://cdn.example/x?sig=1'],
  ['https://me:s3cret@cdn.example:8443/x', 'https://cdn.example:8443/x'],
  ['\\\\cdn.example\\x', 'https://cdn.example/x'],
  ['https://[::1]:81/x', 'https://[::1]:81/x'],
  ['https://b\u00fccher.example/', 'https://xn--bcher-kva.example/'],
])('%s is followed', (location, href) => {
  expect(checkRedirect('hf:o/n', FROM, location).href).toBe(href);
});

test.each([
  ['http://hub.example/x?sig=s3cret', 'to hub.example, without encryption'],
  ['http://127.0.0.1/', 'to 127.0.0.1, without encryption'],
  ['file:///etc/passwd', 'to file:, which is not the web'],
  ['javascript:s3cret', 'to javascript:, which is not the web'],
  ['https://', 'to an invalid address'],
  ['https://hub.example:99999/s3cret', 'to an invalid address'],
])('%s is not', (location, message) => {
  const follow = (): unknown => checkRedirect('hf:o/n', FROM, location);
  expect(follow).toThrow(`hf:o/n was redirected by hub.example ${message}. Such a server is not trusted`);
  expect(follow).not.toThrow('s3cret');
});

test('without encryption one may follow to where it is, or is not', () => {
  const from = new URL('http://127.0.0.1:8080/x');
  for (const to of ['http://127.0.0.1:9/', 'https://cdn.example/']) {
    expect(checkRedirect('hf:o/n', from, to).href).toBe(to);
  }
});
