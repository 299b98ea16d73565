import { MATCHES_ALL, type StoredResponse } from '@poplet/policy';
import { expect, test } from 'vitest';

import { Hits } from '../src/hits.ts';

function stored(primaryKey: string, variantKey = ''): StoredResponse {
  return { primaryKey, rule: MATCHES_ALL, variantKey } as StoredResponse;
}

test('each stored response is counted by itself, and anew once it is fetched', () => {
  const hits = new Hits();
  expect(hits.served(stored('a'))).toBe(1);
  expect(hits.served(stored('a'))).toBe(2);
  expect(hits.served(stored('a', 'x'))).toBe(1);
  expect(hits.served(stored('b'))).toBe(1);
  hits.fetched(stored('a'));
  expect(hits.served(stored('a'))).toBe(1);
  expect(hits.served(stored('a', 'x'))).toBe(2);
});

test('of 10,000 and more, what was served longest ago is forgotten', () => {
  const hits = new Hits();
  hits.served(stored('first'));
  hits.served(stored('second'));
  hits.served(stored('first'));
  for (let number = 0; number < 9999; number += 1) hits.served(stored(String(number)));
  expect(hits.served(stored('first'))).toBe(3);
  expect(hits.served(stored('second'))).toBe(1);
});
