// Leaf certificates: one for each name asked for, made again before they expire.

import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';

import { type Authority, LeafCertificates, openAuthority } from '../src/index.ts';
import { shakeHands } from './handshake.ts';
import { temporaryFolder } from './temporary-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An authority that counts what it certifies. */
async function countingAuthority(
  hosts: readonly string[] = [],
): Promise<{ readonly authority: Authority; readonly certified: (readonly string[])[] }> {
  const opened = await openAuthority({ folder: temporaryFolder(), hosts });
  const certified: (readonly string[])[] = [];
  const authority: Authority = {
    ...opened,
    certify(names, validity) {
      certified.push(names);
      return opened.certify(names, validity);
    },
  };
  return { authority, certified };
}

describe('a leaf certificate', () => {
  it('is made for the name that a handshake asks for, once', async () => {
    const { authority, certified } = await countingAuthority(['shop.example']);
    const leaves = new LeafCertificates(authority);
    const context = await leaves.contextFor('Shop.Localhost.');
    expect(await leaves.contextFor('shop.localhost')).toBe(context);
    expect(await leaves.contextFor('shop.example')).not.toBe(context);
    expect(certified).toEqual([['shop.localhost'], ['shop.example']]);
  });

  it.each(['example.com', '10.0.0.1', 'a b', 'x'.repeat(64), `${'a.'.repeat(130)}test`])(
    'is not made for %s',
    async (name) => {
      const { authority, certified } = await countingAuthority();
      expect(new LeafCertificates(authority).contextFor(name)).toBeNull();
      expect(certified).toEqual([]);
    },
  );

  it('is shown to a client that trusts the authority, and lives for days', async () => {
    const { authority } = await countingAuthority();
    const leaves = new LeafCertificates(authority);
    const SNICallback: Parameters<typeof createServer>[0]['SNICallback'] = (name, choose) => {
      void leaves.contextFor(name)?.then((context) => choose(null, context));
    };
    const seen = await shakeHands({ SNICallback }, { ca: authority.certificate, host: 'a.test' });
    expect(seen.subjectaltname).toBe('DNS:a.test');
    const lifetimeMs = Date.parse(seen.valid_to) - Date.parse(seen.valid_from);
    expect(lifetimeMs).toBe(7 * DAY_MS + HOUR_MS);
  });

  it('for clients that name no server has the addresses they may have connected to', async () => {
    const { authority, certified } = await countingAuthority(['10.0.0.7']);
    await new LeafCertificates(authority, { addresses: ['127.0.0.1', '10.0.0.7'] }).contextFor(
      undefined,
    );
    expect(certified).toEqual([['localhost', '127.0.0.1', '::1', '10.0.0.7']]);
  });

  it('is renewed while it still serves, and a handshake does not wait for that', async () => {
    const { authority, certified } = await countingAuthority();
    let nowMs = Date.now();
    const leaves = new LeafCertificates(authority, { nowMs: () => nowMs });
    const first = await leaves.contextFor('a.test');
    nowMs += 5 * DAY_MS - 1;
    expect(await leaves.contextFor('a.test')).toBe(first);
    expect(certified).toHaveLength(1);
    nowMs += 2;
    expect(await leaves.contextFor('a.test')).toBe(first);
    expect(await leaves.contextFor('a.test')).toBe(first);
    expect(certified).toHaveLength(2);
    await expect.poll(() => leaves.contextFor('a.test')).not.toBe(first);
    expect(certified).toHaveLength(2);
  });

  it('that has expired is not shown again', async () => {
    const { authority, certified } = await countingAuthority();
    let nowMs = Date.now();
    const leaves = new LeafCertificates(authority, { nowMs: () => nowMs });
    const first = await leaves.contextFor('a.test');
    nowMs += 7 * DAY_MS;
    expect(await leaves.contextFor('a.test')).not.toBe(first);
    expect(certified).toHaveLength(2);
  });

  it('that could not be made is tried again', async () => {
    const { authority } = await countingAuthority();
    let isBroken = true;
    const leaves = new LeafCertificates({
      ...authority,
      certify: (names, validity) =>
        isBroken ? Promise.reject(new Error('no')) : authority.certify(names, validity),
    });
    await expect(leaves.contextFor('a.test')).rejects.toThrow('no');
    isBroken = false;
    expect(await leaves.contextFor('a.test')).toBeDefined();
  });

  it('of many names asked for is held for the last of them', async () => {
    const opened = await openAuthority({ folder: temporaryFolder() });
    const leaf = await opened.certify(['any.test'], {
      fromMs: Date.now(),
      untilMs: Date.now() + 1e6,
    });
    const certified: string[] = [];
    const leaves = new LeafCertificates({
      ...opened,
      certify([name = '']) {
        certified.push(name);
        return Promise.resolve(leaf);
      },
    });
    for (let index = 0; index <= 500; index += 1) await leaves.contextFor(`n${index}.test`);
    await leaves.contextFor('n1.test');
    expect(certified).toHaveLength(501);
    await leaves.contextFor('n0.test');
    expect(certified).toHaveLength(502);
  });
});
