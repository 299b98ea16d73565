// Fields that requests are taken to have: for the key, for the origin, and before node:http alike.
import { rfc9111, type Policy } from '@poplet/policy';
import { afterEach, expect, it } from 'vitest';

import { createEdge } from '../../src/index.ts';
import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

const policy: Policy = { ...rfc9111, key: { ...rfc9111.key, fields: ['x-place'] } };

it('a request without the field is one with it, also where the lane answers', async () => {
  rig = await Rig.open(text('body', 'Cache-Control', 'max-age=60'), {
    site: { policy },
    requestDefaults: { 'X-Place': 'here' },
    workers: 1,
  });
  await rig.ask('/a');
  const before = rig.edge.fastLaneAnswers;
  await rig.ask('/a');
  await rig.ask('/a', { headers: { 'X-Place': 'here' } });
  await rig.ask('/a');
  expect(rig.edge.fastLaneAnswers - before).toBeGreaterThan(0);
  expect(rig.origin.asked).toEqual(['GET /a']);
  expect(rig.origin.headers[0]).toMatchObject({ 'x-place': 'here' });

  await rig.ask('/a', { headers: { 'X-Place': 'there' } });
  expect(rig.origin.headers[1]).toMatchObject({ 'x-place': 'there' });
  expect(await rig.ask('/a')).toMatchObject({ body: 'body' });
  expect(rig.origin.asked).toEqual(['GET /a', 'GET /a']);
});

it.each([{ 'x place': 'here' }, { 'x-place': 'a\r\nb' }])('refuses %j', (requestDefaults) => {
  expect(() =>
    createEdge({ sites: [{ upstream: { url: 'http://127.0.0.1:9' } }], requestDefaults }),
  ).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
