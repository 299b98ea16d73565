import { expect, test } from 'vitest';

import type { Settlement, StoredResponse } from '../src/index.ts';
import { afterInvalidation } from '../src/own-invalidation.ts';

const response = { fetchedSeq: 1, validatedSeq: 1 } as StoredResponse;

function settled(store: Settlement['store']): Settlement {
  const answer = { kind: 'problem', status: 504 } as const;
  return { outcome: 'miss', answer, store, invalidate: [], sharing: 'unknown', reasons: [] };
}

const insert = { kind: 'insert', response, replaces: [], mayBeIncomplete: true } as const;

// RFC 9111 §4.4
test('what is stored with it is newer than what it invalidates', () => {
  const { store } = afterInvalidation(settled(insert), { wasPurged: false, sequence: 5 });
  expect(store).toEqual({ ...insert, response: { fetchedSeq: 5, validatedSeq: 5 } });
});

test('what was purged on its way stays older than that', () => {
  const settlement = settled(insert);
  expect(afterInvalidation(settlement, { wasPurged: true, sequence: 5 })).toBe(settlement);
});

test('where nothing is stored, nothing changes', () => {
  const settlement = settled({ kind: 'none' });
  expect(afterInvalidation(settlement, { wasPurged: false, sequence: 5 })).toBe(settlement);
});
