/** The variables of the environment that name a Hub, and what an address must be. */
import { expect, test } from 'vitest';
import { readSettings } from '#built/storage/remote/settings.js';
import { makeFolder } from '../../support/folder.js';
import { openFrom } from '../../support/remote.js';

test.each([
  'ftp://hub.example',
  'hub.example',
  'https://user:secret@hub.example',
  'https://hub.example/?secret=1',
])('HF_ENDPOINT=%s is refused, and not repeated: it may hold a secret', async (endpoint) => {
  const refusal: unknown = await readSettings({ HF_ENDPOINT: endpoint }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'BAD_OPTION' });
  expect((refusal as Error).message).toContain('HF_ENDPOINT is no address of a Hub.');
  expect((refusal as Error).message).not.toContain('secret');
});

test('HF_ENDPOINT may have a path, with slashes at its end, and a port', async () => {
  const { endpoint } = await readSettings({ HF_ENDPOINT: 'http://127.0.0.1:8080/hub//#part' });
  expect(endpoint.href).toBe('http://127.0.0.1:8080/hub');
});

test('an address with a % that begins no character is refused before it is asked for', async () => {
  const environment = { HF_HUB_CACHE: makeFolder() };
  await expect(openFrom({ environment }, 'http://127.0.0.1:1/a%E0.safetensors')).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('%') as string,
  });
});
