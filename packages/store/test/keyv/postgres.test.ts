import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { KeyvPostgres } from '@keyv/postgres';
import { PostgresServer } from '@poplet/conformance/postgres-server';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';

import { openKeyvStore, type KeyvStoreSettings } from '../../src/keyv/open-keyv-store.ts';
import { patternBytes, put } from '../bodies.ts';
import { storeContract } from '../contract.ts';
import { look, lookText, uri } from '../restart-contract.ts';
import { storedResponse } from '../stored-response.ts';

const MIB = 1024 * 1024;

// Every commit is two round trips, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const server = await PostgresServer.start();
const witnessFolder = mkdtempSync(path.join(tmpdir(), 'poplet-postgres-witness-'));
afterAll(async () => {
  await server.stop();
  rmSync(witnessFolder, { recursive: true, force: true });
});

async function open(url: string, settings: KeyvStoreSettings = {}) {
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text.replace(/^store \S+: /u, ''));
  const options = { url, witnessFolder, hotBytes: 0, beatMs: 100, onNotice, ...settings };
  const store = await openKeyvStore(options);
  onTestFinished(() => store.close());
  return { store, notices };
}

const contractUrl = await server.newDatabase();
// With the pool that the adapter has without Poplet.
const cleaner = new KeyvPostgres({ uri: contractUrl, table: 'poplet' });
afterAll(() => cleaner.disconnect());

storeContract('postgres', async (limits) => {
  await cleaner.clear();
  return (await open(contractUrl, limits)).store;
});

it('on PostgreSQL, outlives its edge: what was stored, purged and read in ranges', async () => {
  const url = await server.newDatabase();
  const before = await open(url);
  const body = patternBytes(3 * MIB + 100);
  const response = storedResponse({ uri: uri('large') });
  const writer = before.store.begin(response);
  await writer.write(body);
  expect(await writer.commit([])).toBe(true);
  await put(before.store, { uri: uri('kept'), fields: ['X-Name', 'Žluťoučký 日本 \'"'] });
  await put(before.store, { uri: uri('gone'), tags: ['t'] });
  const tag = { kind: 'tag', tag: 't' } as const;
  await before.store.purge([{ selector: tag, soft: false, siteId: undefined }], 0);
  await before.store.close();
  const { store, notices } = await open(url);
  expect(notices).toEqual([]);
  expect(store.stats()).toMatchObject({ kind: 'postgres', entries: 2, connection: 'connected' });
  expect(await lookText(store, { uri: uri('gone') })).toBeUndefined();
  expect(await lookText(store, { uri: uri('kept') })).toBe('body');
  const [candidate] = (await look(store, { uri: uri('large') })).selected;
  const source = candidate && store.open(candidate.response);
  if (source === undefined) throw new Error('nothing is stored');
  const read = [];
  for await (const chunk of source.read(MIB - 5, 2 * MIB + 5)) read.push(chunk);
  expect(Buffer.concat(read).equals(body.subarray(MIB - 5, 2 * MIB + 5))).toBe(true);
});

it('on PostgreSQL, bears that the server ends while nobody asks it anything', async () => {
  const own = await PostgresServer.start();
  onTestFinished(() => own.stop());
  const { store, notices } = await open(await own.newDatabase());
  await put(store, {});
  await own.kill();
  await expect.poll(() => store.isAway).toBe(true);
  await own.startAgain();
  await expect.poll(() => notices).toHaveLength(2);
  expect(await lookText(store)).toBe('body');
});

it('says so when nothing answers where PostgreSQL should be', async () => {
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text);
  const url = 'postgres://me:secret@127.0.0.1:1/nothing';
  await expect(open(url, { onNotice })).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringMatching(/^postgres:\/\/127\.0\.0\.1:1\/nothing does not answer: /u),
  });
  // Nobody is left to wonder meanwhile.
  expect(notices).toEqual([
    'store postgres://127.0.0.1:1/nothing: no answer yet; it is tried for 8 s in all',
  ]);
});

it('says what PostgreSQL said where it refuses the connection', async () => {
  const url = new URL(contractUrl);
  url.pathname = '/nowhere';
  await expect(open(url.href)).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringMatching(
      /^postgres:\S+\/nowhere refuses the connection: database "nowhere" does not exist$/u,
    ),
    hint: 'check the user, the password and the name of the database in its address',
  });
});

it('says what to install where the adapter is missing', async () => {
  await expect(open('etcd://127.0.0.1:2379')).rejects.toMatchObject({
    code: 'store-unusable',
    message: '@keyv/etcd is not installed',
    hint: 'npm install @keyv/etcd@2',
  });
});
