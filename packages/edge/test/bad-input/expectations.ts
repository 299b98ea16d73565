import { expect } from 'vitest';

import { parseResponse, type RawResponse } from '@poplet/conformance/raw-http';
import { GOOD_BODY, type Heard, type Scene } from './scene.ts';

/** The only answer that came, and that the edge closed the connection after it. */
export function expectOneAnswer({ bytes, end }: Heard, method = 'GET'): RawResponse {
  const response = parseResponse(bytes, method);
  if (response === undefined) {
    throw new Error(`no answer; ${end} after ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  expect(response.isComplete).toBe(true);
  expect(response.rest.toString('latin1')).toBe('');
  expect(end).not.toBe('open');
  return response;
}

/** The edge still serves, and holds nothing of what went before. */
export async function expectUnharmed(scene: Scene): Promise<void> {
  await scene.settled();
  expect(scene.faults).toEqual([]);
  expect(scene.edge.store.entries({ limit: 10 })).toEqual([]);
  expect(scene.edge.store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  const { status, body } = expectOneAnswer(await scene.get('/good'));
  expect({ status, body: body.toString() }).toEqual({ status: 200, body: GOOD_BODY });
}
