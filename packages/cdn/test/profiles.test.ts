// What can be set of a profile, and what is typed wrong.
import { IncomingFields, type Policy, type ResponsePlan } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { PROFILES, profileNamed } from '../src/index.ts';

/** A policy as text, and what it adds to an answer that is served from the store, with a lifetime and without. */
function textOf(policy: Policy): string {
  const request = {
    siteId: 'default',
    id: '0'.repeat(32),
    method: 'GET',
    scheme: 'http',
    authority: 'shop.test',
    target: '/',
    fields: new IncomingFields([]),
    hasContent: false,
    clientAddress: undefined,
  } as const;
  const exchange = {
    request,
    outcome: 'hit',
    reasons: [],
    upstreamStatus: null,
    ttlSeconds: 86_400,
    hits: 1,
    receivedAtMs: 0,
    elapsedMs: 0,
  } as const;
  const added = [['Cache-Control', 'max-age=7200'], []].map((lines) =>
    policy.downstream.ownFields?.linesOf(exchange, {
      status: 200,
      lines,
    } as unknown as ResponsePlan),
  );
  return JSON.stringify([policy, added]);
}

describe('options of a profile', () => {
  it('change the policy, and are part of its name', () => {
    const policy = profileNamed('cloudfront:max-ttl=60,query=whole,headers=Origin+accept');
    expect(policy).toMatchObject({
      name: 'cloudfront:max-ttl=60,query=whole,headers=Origin+accept',
      key: { query: 'whole', fields: ['accept-encoding', 'origin', 'accept'] },
      fill: { forwardsQuery: true },
      downstream: { varyKept: ['accept-encoding', 'cookie', 'origin', 'accept'] },
      freshness: {
        lifetimeBounds: [{}, {}, { statuses: null, leastSeconds: 1, mostSeconds: 60 }],
      },
    });
    expect(policy.fill.strip).not.toContain('accept');
    expect(policy.fill.strip).toContain('cookie');
  });

  it('a minimum TTL of 0 has refusals obeyed, and above it they are not', () => {
    expect(profileNamed('cloudfront:min-ttl=0').freshness.refusalSeconds).toBe(null);
    expect(profileNamed('cloudfront-origin-headers:min-ttl=5').freshness.refusalSeconds).toBe(5);
  });

  it('stand in the order of the profile, however they are given', () => {
    expect(profileNamed('fastly:stale-if-error=on,no-store=ignored').name).toBe(
      'fastly:no-store=ignored,stale-if-error=on',
    );
  });

  it('that say what holds anyway change nothing', () => {
    expect(profileNamed('cloudflare:no-cache=refused')).toBe(profileNamed('cloudflare'));
  });

  it.each(
    Object.entries(PROFILES).flatMap(([name, { options }]) =>
      options.map((option) => [name, option] as const),
    ),
  )(
    '%s: $name has a standard value that it allows, and others that make a difference',
    (name, option) => {
      const { configured, policy } = PROFILES[name] as (typeof PROFILES)[string];
      const { values, standard } = option;
      const others =
        values.kind === 'choice'
          ? values.choices.filter((choice) => choice !== standard)
          : [values.kind === 'seconds' ? String(Math.abs(Number(standard) - 7)) : 'x-other'];
      expect(values.kind === 'choice' ? values.choices : [standard]).toContain(standard);
      expect(textOf(configured(new Map([[option.name, standard]])))).toBe(textOf(policy));
      expect(others).not.toEqual([]);
      for (const other of others) {
        const changed = configured(new Map([[option.name, other]]));
        expect(textOf(changed)).not.toBe(textOf(policy));
      }
    },
  );
});

it.each([
  ['azure', 'there is no profile "azure"', 'did you mean "azure-front-door"?'],
  ['Amazon', 'there is no profile "Amazon"', 'did you mean "cloudfront"?'],
  ['cloudfornt', 'there is no profile "cloudfornt"', 'did you mean "cloudfront"?'],
  ['zzzzzzzz', 'there is no profile "zzzzzzzz"', 'the profiles are: rfc9111, '],
  [
    'cloudfront:minttl=1',
    'the profile cloudfront has no option "minttl"',
    'did you mean "min-ttl"?',
  ],
  ['cloudflare:no-cache=validate', 'cannot be "validate"', 'did you mean "validated"?'],
  ['cloudflare:no-cache', 'the option no-cache cannot be ""', 'it can be: refused, validated'],
  ['cloudfront:min-ttl=1m', 'min-ttl=1m is no number of seconds', 'cloudfront:min-ttl=3600'],
  ['cloudfront:headers=a b', 'headers=a b is no list of field names', 'headers=origin+'],
  ['cloudfront:min-ttl=1,min-ttl=2', 'the option min-ttl is given twice', 'give it once'],
  ['rfc9111:x=1', 'the profile rfc9111 has no option "x"', 'it has none'],
])('%s is refused', (text, message, hint) => {
  expect(() => profileNamed(text)).toThrow(
    expect.objectContaining({
      code: 'invalid-option',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});
