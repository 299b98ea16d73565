import type { Candidate, StoredResponse } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { bodyIdOf, createMemoryStore, versionOf, type Store } from '../src/index.ts';
import { find, put } from './bodies.ts';
import { storedResponse } from './stored-response.ts';

function found(store: Store): StoredResponse {
  return (find(store).selected[0] as Candidate).response;
}

describe('a stored response', () => {
  it('is the same each time that it is found, however many were found meanwhile', async () => {
    const store = createMemoryStore();
    await put(store, { fields: ['ETag', '"a"'], tags: ['one'] });
    const first = found(store);
    expect(versionOf(found(store))).toBe(versionOf(first));
    for (let index = 0; index < 9000; index++)
      await put(store, { uri: `https://example.com/${index}` });
    // Made anew from what is packed; its values are those of many.
    const second = found(store);
    expect(second).not.toBe(first);
    expect(bodyIdOf(second)).toBe(bodyIdOf(first));
    for (let index = 0; index < 9000; index++) find(store, { uri: `https://example.com/${index}` });
    const third = found(store);
    expect(third).not.toBe(second);
    expect(versionOf(second)).toBe(versionOf(first));
    expect(versionOf(third)).toBe(versionOf(first));
  });

  it('is another under newer metadata, around the same body', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const old = found(store);
    store.update(old, { ...old, validatedSeq: 0, responseAtMs: old.responseAtMs + 1 });
    expect(versionOf(found(store))).not.toBe(versionOf(old));
    expect(bodyIdOf(found(store))).toBe(bodyIdOf(old));
  });

  it('has a body of its own, be it equal to another', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const old = found(store);
    await put(store, {});
    expect(bodyIdOf(found(store))).not.toBe(bodyIdOf(old));
    expect(versionOf(found(store))).not.toBe(versionOf(old));
  });

  it('has neither where no store holds it', () => {
    expect(bodyIdOf(storedResponse())).toBeUndefined();
    expect(versionOf(storedResponse())).toBeUndefined();
  });
});
