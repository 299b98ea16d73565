import { StoredFields, type Candidate, type StoredResponse } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { bodyIdOf, createMemoryStore, isSameResponse, type Store } from '../src/index.ts';
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
    expect(isSameResponse(found(store), { ...first })).toBe(true);
    for (let index = 0; index < 9000; index++)
      await put(store, { uri: `https://example.com/${index}` });
    // Made anew from what is packed; its values are those of many.
    const second = found(store);
    expect(second).not.toBe(first);
    expect(bodyIdOf(second)).toBe(bodyIdOf(first));
    for (let index = 0; index < 9000; index++) find(store, { uri: `https://example.com/${index}` });
    const third = found(store);
    expect(third).not.toBe(second);
    expect(isSameResponse(third, { ...second })).toBe(true);
  });

  it('is another under newer metadata, around the same body', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const old = found(store);
    store.update(old, { ...old, validatedSeq: 0, responseAtMs: old.responseAtMs + 1 });
    expect(isSameResponse(found(store), old)).toBe(false);
    expect(bodyIdOf(found(store))).toBe(bodyIdOf(old));
  });

  it('has a body of its own, be it equal to another', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const old = found(store);
    await put(store, {});
    expect(bodyIdOf(found(store))).not.toBe(bodyIdOf(old));
    expect(bodyIdOf(storedResponse())).toBeUndefined();
  });
});

describe('a record', () => {
  const one = storedResponse({ fields: ['ETag', '"a"'] });
  const etag = { weak: false, opaque: '"a"' };
  const whole = { ...one, facts: { ...one.facts, etag } };

  it('is the same as its copy, whatever the tags', () => {
    expect(isSameResponse(whole, { ...whole, tags: ['x'], facts: { ...whole.facts } })).toBe(true);
  });

  const names = Object.keys(whole).filter((name) => name !== 'tags' && name !== 'facts');
  it.each(names)('is another with another %s', (name) => {
    const other = name === 'fields' ? new StoredFields('A: b\r\n') : 'other';
    expect(isSameResponse(whole, { ...whole, [name]: other })).toBe(false);
  });

  it.each(Object.keys(whole.facts))('is another with another fact of %s', (name) => {
    const facts = { ...whole.facts, [name]: name === 'etag' ? null : 'other' };
    expect(isSameResponse(whole, { ...whole, facts })).toBe(false);
  });

  it.each([{ weak: true }, { opaque: '"b"' }])('is another with the tag %o', (change) => {
    const facts = { ...whole.facts, etag: { ...etag, ...change } };
    expect(isSameResponse(whole, { ...whole, facts })).toBe(false);
  });
});
