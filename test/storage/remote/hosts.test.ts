import { expect, test } from 'vitest';
import { isLoopback } from '#built/storage/remote/hosts.js';

test.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'])('%s is this machine', (hostname) => {
  expect(isLoopback(hostname)).toBe(true);
});

test.each(['hub.localhost', 'localhost.example', '127.0.0.1.example', '128.0.0.1', '[::2]', ''])(
  '%s may be another machine',
  (hostname) => {
    expect(isLoopback(hostname)).toBe(false);
  },
);
