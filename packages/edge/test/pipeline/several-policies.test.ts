// A site with several policies: which one holds is chosen by the request, before anything is looked up.
import { rfc9111, type Policy } from '@poplet/policy';
import { afterEach, expect, it } from 'vitest';

import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

const keptForAnHour: Policy = {
  ...rfc9111,
  name: 'kept',
  key: { ...rfc9111.key, query: 'none' },
  freshness: {
    ...rfc9111.freshness,
    defaultLifetimes: [{ statuses: null, seconds: 3600 }],
    heuristicFraction: 0,
  },
  downstream: {
    ...rfc9111.downstream,
    strip: ['x-inside'],
    ownFields: { isPerRequest: true, linesOf: ({ request }) => ['X-Own', request.id ?? 'none'] },
  },
};

/** As the specification has it, but for an hour without a word from the origin. */
const dated: Policy = { ...rfc9111, freshness: keptForAnHour.freshness };
const withoutQuery: Policy = { ...dated, key: keptForAnHour.key };

async function open(): Promise<void> {
  rig = await Rig.open(text('body', 'X-Inside', '1'), {
    site: {
      policyFor: ({ target }) => (target.startsWith('/kept/') ? keptForAnHour : rfc9111),
    },
  });
}

it('each stage goes by the policy of the request', async () => {
  await open();
  const first = await rig.ask('/kept/a?v=1');
  const second = await rig.ask('/kept/a?v=2');
  expect(rig.origin.asked).toEqual(['GET /kept/a?v=1']);
  expect(second.headers['age']).toBe('0');
  expect([first.headers['x-inside'], second.headers['x-inside']]).toEqual([undefined, undefined]);
  expect(second.headers['x-own']).toMatch(/^[0-9a-f]{32}$/u);
  expect(second.headers['x-own']).not.toBe(first.headers['x-own']);

  const other = await rig.ask('/other');
  await rig.ask('/other');
  expect(rig.origin.asked.slice(1)).toEqual(['GET /other', 'GET /other']);
  expect([other.headers['x-inside'], other.headers['x-own']]).toEqual(['1', undefined]);
});

it('what is stored under any of them is one site’s: a purge reaches it', async () => {
  await open();
  await rig.ask('/kept/a');
  await rig.edge.purge([{ selector: { kind: 'everything' }, soft: false, siteId: 'default' }]);
  await rig.ask('/kept/a');
  expect(rig.origin.asked).toEqual(['GET /kept/a', 'GET /kept/a']);
});

it.each([
  ['url', { kind: 'url', path: '/kept/a?v=2' }],
  ['prefix', { kind: 'prefix', path: '/kept/a?v' }],
] as const)('a purge by %s reaches what is stored without the query', async (_, { kind, path }) => {
  await open();
  await rig.ask('/kept/a?v=1');
  await rig.ask('/kept/b');
  const url = rig.url + path;
  const selector = kind === 'url' ? ({ kind, url } as const) : ({ kind, prefix: url } as const);
  const purge = (siteId: string | undefined) => rig.edge.purge([{ selector, soft: false, siteId }]);
  await purge('another');
  await rig.ask('/kept/a?v=3');
  await purge(undefined);
  await rig.ask('/kept/a?v=3');
  await rig.ask('/kept/b');
  expect(rig.origin.asked).toEqual(['GET /kept/a?v=1', 'GET /kept/b', 'GET /kept/a?v=3']);
});

it('a purge by url with a query leaves the page without one where both are stored', async () => {
  rig = await Rig.open(text('body'), {
    site: { policyFor: ({ target }) => (target.startsWith('/kept/') ? keptForAnHour : dated) },
  });
  for (const path of ['/a', '/a?v=1']) await rig.ask(path);
  const selector = { kind: 'url', url: `${rig.url}/a?v=1` } as const;
  await rig.edge.purge([{ selector, soft: false, siteId: undefined }]);
  for (const path of ['/a', '/a?v=1']) await rig.ask(path);
  expect(rig.origin.asked).toEqual(['GET /a', 'GET /a?v=1', 'GET /a?v=1']);
});

it('an explanation is by the policy of its request', async () => {
  await open();
  const of = async (path: string): Promise<string> =>
    (await rig.edge.explain({ url: rig.url + path })).profile;
  expect([await of('/kept/a'), await of('/a')]).toEqual(['kept', 'rfc9111']);
  expect(rig.edge.sites.map(({ policy }) => policy.name)).toEqual(['rfc9111']);
});

it('the lane before node:http answers by the policy of the request, too', async () => {
  const plain: Policy = {
    ...keptForAnHour,
    name: 'plain',
    downstream: { ...keptForAnHour.downstream, ownFields: null },
  };
  rig = await Rig.open(text('body', 'X-Inside', '1'), {
    site: { policyFor: ({ target }) => (target.startsWith('/plain') ? plain : keptForAnHour) },
    workers: 1,
  });
  for (const path of ['/plain', '/kept']) await rig.ask(path);
  const before = rig.edge.fastLaneAnswers;
  const answers = [await rig.ask('/plain'), await rig.ask('/plain'), await rig.ask('/kept')];
  // What is kept has a field of its own for each request, which the lane cannot have.
  expect(rig.edge.fastLaneAnswers - before).toBe(2);
  expect(answers.map(({ headers }) => [headers['x-inside'], 'x-own' in headers])).toEqual([
    [undefined, false],
    [undefined, false],
    [undefined, true],
  ]);
  expect(rig.origin.asked).toEqual(['GET /plain', 'GET /kept']);
});

it('the lane finds nothing under a key that the policy of the request would not look under', async () => {
  rig = await Rig.open((asked, response) => response.end(`of ${asked.url}`), {
    site: {
      policyFor: ({ fields }) => (fields.has('x-kept') ? withoutQuery : dated),
    },
  });
  const ask = async (path: string, headers = {}): Promise<string> =>
    (await rig.ask(path, { headers })).body;
  expect(await ask('/a?v=1')).toBe('of /a?v=1');
  expect(await ask('/a', { 'X-Kept': '1' })).toBe('of /a');
  for (const path of ['/a?v=1', '/a?v=2', '/a?v=1'])
    expect(await ask(path, { 'X-Kept': '1' })).toBe('of /a');
  expect(await ask('/a?v=1')).toBe('of /a?v=1');
  expect(rig.origin.asked).toEqual(['GET /a?v=1', 'GET /a']);
  expect(rig.edge.fastLaneAnswers).toBeGreaterThan(0);
});
