// What is shown of one thread, shown of two workers: the same tests.

import { describe, vi } from 'vitest';

vi.stubEnv('POPLET_TEST_WORKERS', '2');
// Threads are started for each test, and every byte goes a longer way.
vi.setConfig({ testTimeout: 20_000 });

// Each in a place of its own: what it does after each of its tests is not for the others.
describe('two workers: requests that arrive together', async () => {
  await import('../pipeline/collapse.test.ts');
});
describe('two workers: purge', async () => {
  await import('../pipeline/purge.test.ts');
});
describe('two workers: streaming', async () => {
  await import('../pipeline/streaming.test.ts');
});
describe('two workers: slow clients', async () => {
  await import('../pipeline/slow-clients.test.ts');
});
describe('two workers: upgrade', async () => {
  await import('../pipeline/upgrade.test.ts');
});
