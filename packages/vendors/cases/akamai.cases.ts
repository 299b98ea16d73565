/** What Akamai does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { ExchangeStep } from '@poplet/conformance';

import { patternsOf } from './patterns.ts';

const { told, stored, freshUntil, never } = patternsOf('akamai');

const PLAIN = 'akamai:enhanced-rfc=off';
const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };
const X_CACHE = { Pragma: 'akamai-x-cache-on' };

function word(text: string): { readonly 'X-Cache': RegExp } {
  return { 'X-Cache': new RegExp(`^${text} from a\\S+\\.deploy\\.akamaitechnologies\\.com`, 'u') };
}

const caching = [
  told({
    id: 'max-age',
    title: 'Honouring the origin: max-age is the lifetime',
    spec: ['options'],
    steps: [stored({ 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  ...(
    [
      ['expires-later', 'max-age=10', '{now+61}'],
      ['expires-sooner', 'max-age=60', '{now+10}'],
    ] as const
  ).map(([id, value, date]) =>
    told({
      id,
      title: `Honouring both, the later one counts: ${value} and Expires ${date}`,
      spec: ['options'],
      steps: [
        stored({ 'Cache-Control': value, Expires: date }),
        { at: 55, request: {}, expect: { from: 'cache' } },
        { at: 63, request: {}, origin: FRESH, expect: { from: 'origin' } },
      ],
    }),
  ),
  told({
    id: 'default-ttl',
    title: 'Where the origin names none, the default TTL holds',
    spec: ['default-ttl'],
    profile: 'akamai:ttl=300',
    steps: [stored({}), ...freshUntil(300)],
  }),
  told({
    id: 'ttl-0',
    title: 'A TTL of 0: stored, and revalidated each time',
    spec: ['ttl-0'],
    steps: [
      stored({ ETag: '"v1"' }),
      { at: 1, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      { at: 2, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  }),
  ...(['no-store', 'private', 'max-age=5', 'no-cache'] as const).map((value) =>
    told({
      id: `option-max-age-${value.replace('=', '-')}`,
      title: `The option MAX_AGE: its own, whatever the origin says (${value})`,
      spec: ['options'],
      profile: 'akamai:caching=max-age,ttl=300',
      steps: [stored({ 'Cache-Control': value, Expires: '{now+3600}' }), ...freshUntil(300)],
    }),
  ),
  told({
    id: 'forever',
    title: 'Without rules everything is cached for good',
    spec: ['forever'],
    profile: 'akamai-max-age',
    steps: [
      stored({ 'Cache-Control': 'no-store' }),
      { at: 31_536_000, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  }),
  ...(['no-store', 'bypass-cache'] as const).map((option) =>
    told({
      id: `option-${option}`,
      title: `The option ${option}: nothing is cached, here or further down`,
      spec: ['busting'],
      profile: `akamai:caching=${option}`,
      steps: [
        {
          request: {},
          origin: {
            headers: {
              'Cache-Control': 'public, max-age=600',
              Expires: 'Fri, 01 Jan 2100 00:00:00 GMT',
              Pragma: 'x',
            },
          },
          expect: {
            from: 'origin',
            stored: false,
            headers: {
              'Cache-Control': 'max-age=0, no-store',
              Pragma: 'no-cache',
              Expires: /^(?!.* 2100 ).*GMT$/u,
            },
          },
        },
        { request: {}, origin: FRESH, expect: { from: 'origin', stored: false } },
      ],
    }),
  ),
  ...(['max-age=60, private', 'max-age=60, no-store'] as const).map((value, index) =>
    told({
      id: `enhanced-refused-${index + 1}`,
      title: `With enhanced RFC support ${value} is not cached`,
      spec: ['enhanced'],
      steps: never({ headers: { 'Cache-Control': value } }),
    }),
  ),
  told({
    id: 'enhanced-no-cache',
    title: 'With enhanced RFC support no-cache is revalidated each time',
    spec: ['enhanced', 'no-cache'],
    steps: [
      stored({ 'Cache-Control': 'no-cache, max-age=60', ETag: '"v1"' }),
      { at: 1, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  }),
  told({
    id: 'enhanced-s-maxage',
    title: 'With enhanced RFC support s-maxage counts before max-age',
    spec: ['enhanced', 's-maxage'],
    steps: [stored({ 'Cache-Control': 'max-age=10, s-maxage=60' }), ...freshUntil(60)],
  }),
  ...(['private', 'no-store', 'no-cache'] as const).map((value) =>
    told({
      id: `plain-${value}`,
      title: `Without it ${value} has no effect`,
      spec: ['enhanced'],
      profile: PLAIN,
      steps: [stored({ 'Cache-Control': `${value}, max-age=60` }), ...freshUntil(60)],
    }),
  ),
  told({
    id: 'plain-s-maxage',
    title: 'nor has s-maxage',
    spec: ['s-maxage'],
    profile: PLAIN,
    steps: [stored({ 'Cache-Control': 's-maxage=600, max-age=60' }), ...freshUntil(60)],
  }),
  ...[204, 305, 404, 405, 501].map((status) =>
    told({
      id: `negative-${status}`,
      title: `A ${status} is cached for 10 s`,
      spec: ['negative'],
      steps: [stored({}, { status }), ...freshUntil(10)],
    }),
  ),
  ...[400, 500, 502, 503, 504].map((status) =>
    told({
      id: `negative-${status}-not`,
      title: `A ${status} is not cached`,
      spec: ['negative'],
      steps: never({ status, headers: { 'Cache-Control': 'max-age=60' } }),
    }),
  ),
  ...[500, 502, 503, 504].map((status) =>
    told({
      id: `errors-${status}`,
      title: `With Cache HTTP Error Responses a ${status} is cached for 10 s`,
      spec: ['errors'],
      profile: 'akamai:cache-http-errors=on',
      steps: [stored({}, { status }), ...freshUntil(10)],
    }),
  ),
  told({
    id: 'errors-stale',
    title: 'and a stale object is served in the place of one',
    spec: ['errors'],
    profile: 'akamai:cache-http-errors=on',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'negative-no-store',
    title: 'Nothing of it under no-store',
    spec: ['negative-no-store'],
    steps: never({ status: 404, headers: { 'Cache-Control': 'no-store' } }),
  }),
  ...[302, 307].map((status) =>
    told({
      id: `redirect-${status}`,
      title: `A ${status} without a lifetime is not cached, whatever the default TTL`,
      spec: ['redirects'],
      profile: 'akamai:ttl=300',
      steps: never({ status, headers: { ETag: '"v1"' } }),
    }),
  ),
  ...[302, 307].map((status) =>
    told({
      id: `redirect-${status}-lifetime`,
      title: `A ${status} with one is`,
      spec: ['redirects'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }, { status }), ...freshUntil(60)],
    }),
  ),
  told({
    id: 'redirect-301',
    title: 'A 301 has the default TTL',
    spec: ['redirects'],
    profile: 'akamai:ttl=300',
    steps: [stored({}, { status: 301 }), ...freshUntil(300)],
  }),
];

const edgeControl = [
  ...(['no-store', 'bypass-cache'] as const).map((directive) =>
    told({
      id: `edge-control-${directive}`,
      title: `Edge-Control: ${directive} wins over the Caching behaviour`,
      spec: ['edge-control-refuses'],
      profile: 'akamai:caching=max-age,ttl=300',
      steps: never({ headers: { 'Edge-Control': directive, 'Cache-Control': 'max-age=60' } }),
    }),
  ),
  ...(
    [
      ['max-age=60', 60],
      ['cache-maxage=2m', 120],
      ['cache-maxage=1d', 86_400],
    ] as const
  ).map(([directive, seconds], index) =>
    told({
      id: `edge-control-lifetime-${index + 1}`,
      title: `Edge-Control: ${directive} is the lifetime, and no client sees it`,
      spec: ['edge-control'],
      steps: [
        {
          request: {},
          origin: {
            headers: {
              'Edge-Control': directive,
              'Cache-Control': 's-maxage=5',
              Expires: '{now+864000}',
            },
          },
          expect: { from: 'origin', stored: true, absent: ['edge-control'] },
        },
        ...freshUntil(seconds),
      ],
    }),
  ),
  told({
    id: 'edge-control-lifts',
    title: 'Edge-Control: !no-store has the no-store of Cache-Control not count',
    spec: ['edge-control'],
    steps: [
      stored({ 'Edge-Control': '!no-store, max-age=60', 'Cache-Control': 'no-store' }),
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'targeted',
    title: 'CDN-Cache-Control does not count',
    spec: ['targeted'],
    steps: [
      stored({ 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 'max-age=60' }),
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'targeted-obeyed',
    title: 'An option has it obeyed',
    spec: ['targeted'],
    profile: 'akamai:cdn-cache-control=obeyed',
    steps: [
      stored({ 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 'max-age=60' }),
      ...freshUntil(600),
    ],
  }),
  told({
    id: 'tags',
    title: 'Edge-Cache-Tag names what purges by tag reach, and no client sees it',
    spec: ['tags'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Edge-Cache-Tag': 'a,b' } },
        expect: { from: 'origin', stored: true, absent: ['edge-cache-tag'] },
      },
      { purge: { tag: 'b' } },
      { request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
];

const downstream = [
  told({
    id: 'downstream-remaining',
    title:
      'Clients get what is left of the lifetime here, in Cache-Control and Expires, and no Age',
    spec: ['downstream', 'age'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'public, max-age=600' } },
        expect: {
          from: 'origin',
          headers: { 'Cache-Control': 'public, max-age=600', Expires: /GMT$/u },
          absent: ['age'],
        },
      },
      {
        at: 100,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Cache-Control': 'public, max-age=500', Expires: /GMT$/u },
          absent: ['age'],
        },
      },
    ],
  }),
  told({
    id: 'downstream-origin',
    title: 'or what the origin said, where that is less',
    spec: ['downstream'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, s-maxage=600' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'max-age=60, s-maxage=600' } },
      },
      {
        at: 570,
        request: {},
        expect: { from: 'cache', headers: { 'Cache-Control': 'max-age=30, s-maxage=600' } },
      },
    ],
  }),
  told({
    id: 'downstream-expires',
    title: 'An Expires becomes a max-age, too',
    spec: ['downstream'],
    steps: [
      {
        request: {},
        origin: { headers: { Date: '{start}', Expires: '{start+600}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 595,
        request: {},
        expect: { from: 'cache', headers: { 'Cache-Control': /^max-age=[3-5]$/u } },
      },
    ],
  }),
  told({
    id: 'downstream-silent',
    title: 'Where the origin said nothing to clients, nothing is said to them',
    spec: ['downstream-silent'],
    profile: 'akamai:ttl=300',
    steps: [
      {
        request: {},
        origin: {},
        expect: { from: 'origin', stored: true, absent: ['cache-control', 'expires'] },
      },
    ],
  }),
  told({
    id: 'downstream-not-stored',
    title: 'What is not cached goes out as it was written',
    spec: ['downstream'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private, max-age=600' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { 'Cache-Control': 'private, max-age=600' },
          absent: ['expires'],
        },
      },
    ],
  }),
];

const staleness = [
  told({
    id: 'stale',
    title: 'A stale object is served while the origin is away',
    spec: ['stale'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 62,
        request: { headers: X_CACHE },
        origin: { fault: 'refused' },
        expect: {
          from: 'cache',
          outcome: 'stale',
          headers: word('TCP_REFRESH_FAIL_HIT'),
          upstream: { requests: 0 },
        },
      },
    ],
  }),
  told({
    id: 'stale-s-maxage',
    title: 'also where s-maxage was its lifetime',
    spec: ['stale'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60' }),
      {
        at: 62,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 0 } },
      },
    ],
  }),
  told({
    id: 'stale-forced',
    title: 'not where stale objects have to be revalidated',
    spec: ['stale'],
    profile: 'akamai:must-revalidate=on',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      { at: 62, request: {}, origin: { fault: 'refused' }, expect: { from: 'edge', status: 502 } },
    ],
  }),
  told({
    id: 'stale-directives',
    title: 'stale-while-revalidate and stale-if-error have no effect',
    spec: ['stale-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503 },
      },
    ],
  }),
  told({
    id: 'revalidation',
    title:
      'Revalidation is by If-Modified-Since: TCP_REFRESH_HIT, or TCP_REFRESH_MISS with a new object',
    spec: ['revalidation', 'x-cache'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Last-Modified': 'Sun, 01 Nov 2026 00:00:00 GMT' }),
      {
        at: 62,
        request: { headers: X_CACHE },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          headers: word('TCP_REFRESH_HIT'),
          upstream: { headers: { 'If-Modified-Since': 'Sun, 01 Nov 2026 00:00:00 GMT' } },
        },
      },
      {
        at: 124,
        request: { headers: X_CACHE },
        origin: FRESH,
        expect: { from: 'origin', headers: word('TCP_REFRESH_MISS') },
      },
    ],
  }),
];

const sharing = [
  ...['User-Agent', 'Accept-Encoding, Cookie', '*'].map((names, index) =>
    told({
      id: `vary-${index + 1}`,
      title: `Vary: ${names} keeps a response out`,
      spec: ['vary'],
      steps: never({
        coding: 'gzip',
        headers: { 'Cache-Control': 'max-age=60', Vary: names },
      }).map((step) => ({
        ...step,
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        expect: { ...step.expect, coding: 'gzip' },
      })) as readonly ExchangeStep[],
    }),
  ),
  told({
    id: 'vary-gzip',
    title: 'Vary: Accept-Encoding does not, of a body in gzip',
    spec: ['vary'],
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        origin: {
          coding: 'gzip',
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding' },
        },
        expect: { from: 'origin', stored: true, coding: 'gzip' },
      },
      {
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        expect: { from: 'cache', coding: 'gzip' },
      },
    ],
  }),
  told({
    id: 'vary-identity',
    title: 'and does, of a body without a coding',
    spec: ['vary'],
    steps: never({ headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding' } }),
  }),
  told({
    id: 'vary-removed',
    title: 'With Remove Vary Header it counts for nothing',
    spec: ['vary'],
    profile: 'akamai:remove-vary=on',
    steps: [
      {
        request: { headers: { 'User-Agent': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'User-Agent' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { 'User-Agent': 'b' } }, expect: { from: 'cache' } },
    ],
  }),
  told({
    id: 'query',
    title: 'The query is part of the key as it is written',
    spec: ['key'],
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?x=1&y=2' } },
      { request: { path: '/a?x=1&y=2' }, expect: { from: 'cache' } },
      { request: { path: '/a?y=2&x=1' }, origin: FRESH, expect: { from: 'origin' } },
      { request: { path: '/a' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'query-none',
    title: 'Cache ID Modification may leave it out',
    spec: ['key-modification'],
    profile: 'akamai:query=none',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?x=1' } },
      { request: { path: '/a?x=2' }, expect: { from: 'cache' } },
    ],
  }),
  told({
    id: 'authorization',
    title: 'Authorization makes no difference',
    spec: ['authorization'],
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache' } },
    ],
  }),
  told({
    id: 'set-cookie',
    title: 'What sets a cookie is not cached',
    spec: ['set-cookie'],
    steps: never({ headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' } }),
  }),
  told({
    id: 'set-cookie-stripped',
    title: 'An option has the cookie taken out, and the rest cached',
    spec: ['set-cookie'],
    profile: 'akamai:set-cookie=stripped',
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' } },
        expect: { from: 'origin', stored: true, absent: ['set-cookie'] },
      },
      { request: {}, expect: { from: 'cache', absent: ['set-cookie'] } },
    ],
  }),
  told({
    id: 'request-directives',
    title: 'Nothing that a client says makes the cache ask the origin',
    spec: ['request-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache, max-age=0', Pragma: 'no-cache' } },
        expect: { from: 'cache', outcome: 'hit' },
      },
    ],
  }),
  told({
    id: 'methods',
    title: 'GET alone is cached',
    spec: ['methods'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: FRESH,
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false },
      },
      stored({ 'Cache-Control': 'max-age=60' }),
    ],
  }),
];

const exchange = [
  told({
    id: 'words',
    title: 'X-Cache: TCP_MISS, TCP_HIT, then TCP_MEM_HIT; TCP_IMS_HIT to a client that has it',
    spec: ['x-cache', 'x-cache-mem', 'pragma'],
    steps: [
      {
        request: { headers: X_CACHE },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            'Last-Modified': 'Sun, 01 Nov 2026 00:00:00 GMT',
          },
        },
        expect: { from: 'origin', headers: word('TCP_MISS') },
      },
      { request: { headers: X_CACHE }, expect: { from: 'cache', headers: word('TCP_HIT') } },
      { request: { headers: X_CACHE }, expect: { from: 'cache', headers: word('TCP_MEM_HIT') } },
      {
        request: {
          headers: { ...X_CACHE, 'If-Modified-Since': 'Sun, 01 Nov 2026 00:00:00 GMT' },
        },
        expect: { from: 'cache', status: 304, headers: word('TCP_IMS_HIT') },
      },
      { request: {}, expect: { from: 'cache', absent: ['x-cache'] } },
    ],
  }),
  told({
    id: 'words-negative',
    title: 'X-Cache: TCP_NEGATIVE_HIT of an error that is cached',
    spec: ['x-cache'],
    steps: [
      stored({}, { status: 404 }),
      {
        request: { headers: X_CACHE },
        expect: { from: 'cache', status: 404, headers: word('TCP_NEGATIVE_HIT') },
      },
    ],
  }),
  told({
    id: 'pragma',
    title:
      'Each Pragma asks for one field: whether it is cacheable, the keys, the request’s id, the serial number',
    spec: ['pragma', 'cache-key', 'true-cache-key', 'check-cacheable'],
    steps: [
      {
        request: {
          path: '/a?b=1',
          headers: {
            Pragma:
              'akamai-x-check-cacheable, akamai-x-get-cache-key, akamai-x-get-true-cache-key, akamai-x-get-request-id, Akamai-X-Serial-No',
          },
        },
        origin: { headers: { 'Cache-Control': 'max-age=7200' } },
        expect: {
          from: 'origin',
          headers: {
            'X-Check-Cacheable': 'YES',
            'X-Cache-Key': /^S\/L\/1234\/123456\/2h\/[^/]+\/\S+\/a\?b=1$/u,
            'X-True-Cache-Key': /^\/L\/[^/]+\/\S+\/a\?b=1$/u,
            'X-Akamai-Request-ID': /^[0-9a-f]{8}$/u,
            'X-Serial': '1234',
          },
          absent: ['x-cache'],
        },
      },
      {
        at: 100,
        request: { path: '/a?b=1', headers: { Pragma: 'akamai-x-get-cache-key' } },
        expect: {
          from: 'cache',
          headers: { 'X-Cache-Key': /^S\/L\/1234\/123456\/2h\//u },
          absent: ['x-check-cacheable', 'x-true-cache-key', 'x-serial'],
        },
      },
      {
        request: {
          path: '/b',
          headers: { Pragma: 'akamai-x-check-cacheable, akamai-x-get-cache-key' },
        },
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: {
          from: 'origin',
          headers: { 'X-Check-Cacheable': 'NO', 'X-Cache-Key': /^S\/L\/1234\/123456\/000\//u },
        },
      },
    ],
  }),
  ...(
    [
      ['86400', '1d'],
      ['5400', '90m'],
      ['45', '45s'],
      ['0', '0s'],
    ] as const
  ).map(([seconds, text]) =>
    told({
      id: `cache-key-${text}`,
      title: `X-Cache-Key: a lifetime of ${seconds} s is ${text}`,
      spec: ['cache-key'],
      steps: [
        {
          request: { headers: { Pragma: 'akamai-x-get-cache-key' } },
          origin: { headers: { 'Cache-Control': `max-age=${seconds}`, ETag: '"v1"' } },
          expect: {
            from: 'origin',
            headers: { 'X-Cache-Key': new RegExp(`^S/L/1234/123456/${text}/`, 'u') },
          },
        },
      ],
    }),
  ),
  told({
    id: 'to-origin',
    title:
      'What the origin gets: two ghosts in Via, Akamai-Origin-Hop, X-Forwarded-For, Accept-Encoding: gzip',
    spec: ['to-origin', 'accept-encoding'],
    steps: [
      {
        request: {
          headers: { Via: '1.0 other', 'Accept-Encoding': 'br', 'x-poplet-country': 'DE' },
        },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              Via: '1.0 other, 1.1 v1-akamaitech.net(ghost) (AkamaiGHost), 1.1 akamai.net(ghost) (AkamaiGHost)',
              'Akamai-Origin-Hop': '2',
              'X-Forwarded-For': '127.0.0.1',
              'Accept-Encoding': 'gzip',
            },
            absent: ['x-poplet-country'],
          },
        },
      },
      {
        request: { path: '/b' },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              Via: '1.1 v1-akamaitech.net(ghost) (AkamaiGHost), 1.1 akamai.net(ghost) (AkamaiGHost)',
            },
          },
        },
      },
    ],
  }),
  told({
    id: 'server-timing',
    title: 'Server-Timing, where a property has it: a miss, then a hit',
    spec: ['server-timing'],
    profile: 'akamai:server-timing=on',
    steps: [
      {
        request: {},
        origin: FRESH,
        expect: {
          from: 'origin',
          headers: { 'Server-Timing': /^cdn-cache; desc=MISS, edge; dur=\d+$/u },
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Server-Timing': /^cdn-cache; desc=HIT, edge; dur=\d+$/u },
        },
      },
    ],
  }),
  told({
    id: 'server-timing-off',
    title: 'and none otherwise',
    spec: ['server-timing'],
    steps: [{ request: {}, origin: FRESH, expect: { from: 'origin', absent: ['server-timing'] } }],
  }),
  told({
    id: 'gunzip',
    title: 'What is stored in gzip is undone for clients that do not accept it',
    spec: ['accept-encoding'],
    profile: 'akamai:remove-vary=on',
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        origin: {
          coding: 'gzip',
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
        },
        expect: { from: 'origin', stored: true, coding: 'gzip' },
      },
      { request: {}, expect: { from: 'cache', coding: 'identity' } },
    ],
  }),
];

export const akamaiCases = defineCases([
  ...caching,
  ...edgeControl,
  ...downstream,
  ...staleness,
  ...sharing,
  ...exchange,
]);
