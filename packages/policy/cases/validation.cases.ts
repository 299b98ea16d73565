import { defineCases } from '@poplet/conformance';
import type {
  Case,
  ExchangeStep,
  HeaderScript,
  OriginAnswer,
  Step,
  UpstreamExpectation,
} from '@poplet/conformance';

/** Stored for a minute with these fields. */
function minute(headers: Record<string, string | readonly string[]>, body?: string): ExchangeStep {
  return {
    request: {},
    origin: {
      headers: { 'Cache-Control': 'max-age=60', ...headers },
      ...(body === undefined ? {} : { body }),
    },
    expect: { from: 'origin', stored: true },
  };
}

/** A later validation that the origin answers with a 304 carrying these fields. */
function confirmed(headers: HeaderScript = {}): ExchangeStep {
  return { at: 100, request: {}, origin: { status: 304, headers }, expect: { from: 'validated' } };
}

const asking = defineCases([
  {
    id: 'validation-etag',
    title: 'The entity tag is sent as If-None-Match',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.3.3', 'RFC 9110 §13.1.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          outcome: 'revalidated',
          reasons: ['stale', 'validate', 'confirmed'],
          notReasons: ['no-validator'],
          words: [/asking the origin with If-None-Match: "v1"$/u],
          upstream: {
            method: 'GET',
            headers: { 'If-None-Match': '"v1"' },
            absent: ['if-modified-since'],
          },
        },
      },
    ],
  },
  {
    id: 'validation-weak-etag',
    title: 'A weak entity tag is sent as it came',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §8.8.3'],
    steps: [
      minute({ ETag: 'W/"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', upstream: { headers: { 'If-None-Match': 'W/"v1"' } } },
      },
    ],
  },
  {
    id: 'validation-last-modified',
    title: 'Last-Modified is sent, to the letter, as If-Modified-Since',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §13.1.3'],
    steps: [
      minute({ 'Last-Modified': '{start-1000}' }),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          upstream: { headers: { 'If-Modified-Since': '{start-1000}' }, absent: ['if-none-match'] },
        },
      },
    ],
  },
  {
    id: 'validation-both',
    title: 'Both validators are sent where both are stored',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1'],
    steps: [
      minute({ ETag: '"v1"', 'Last-Modified': '{start-1000}' }),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          upstream: { headers: { 'If-None-Match': '"v1"', 'If-Modified-Since': '{start-1000}' } },
        },
      },
    ],
  },
  {
    id: 'validation-malformed-etag',
    title: 'An ETag without quotes is not a validator; Last-Modified is still sent',
    kind: 'check',
    spec: ['RFC 9110 §8.8.3'],
    steps: [
      minute({ ETag: 'v1', 'Last-Modified': '{start-1000}' }),
      {
        at: 100,
        request: {},
        origin: { body: 'new' },
        expect: {
          from: 'origin',
          upstream: { headers: { 'If-Modified-Since': '{start-1000}' }, absent: ['if-none-match'] },
        },
      },
    ],
  },
  {
    id: 'validation-none',
    title: 'Without validators the whole response is asked for',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1'],
    steps: [
      minute({}),
      {
        at: 100,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'expired',
          reasons: ['stale', 'no-validator', 'replaced'],
          upstream: { absent: ['if-none-match', 'if-modified-since'] },
        },
      },
    ],
  },
  {
    id: 'validation-client-conditions-kept-back',
    title: 'The client’s own conditions are not mixed with those of the cache',
    kind: 'check',
    spec: ['RFC 9111 §4.3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {
          headers: {
            'If-None-Match': '"v0"',
            'If-Modified-Since': '{start}',
            Range: 'bytes=0-1',
            'If-Range': '"v0"',
          },
        },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          status: 200,
          upstream: {
            headers: { 'If-None-Match': '"v1"' },
            absent: ['if-modified-since', 'range', 'if-range'],
          },
          reasons: ['client-if-range-changed'],
        },
      },
    ],
  },
  {
    id: 'validation-client-condition-answered',
    title: 'A confirmed response answers the client’s own condition with a 304',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §15.4.5'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: { headers: { 'If-None-Match': '"v1"' } },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          status: 304,
          outcome: 'revalidated',
          reasons: ['confirmed', 'client-not-modified'],
        },
      },
    ],
  },
  {
    id: 'validation-head',
    title: 'A HEAD that finds a stale response validates it like a GET',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §9.3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: { method: 'HEAD' },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          upstream: { method: 'GET', headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '1' } } },
    ],
  },
]);

const variants = defineCases([
  {
    id: 'validation-all-variants',
    title: 'All stored entity tags are offered; the 304 says which one it is',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.3.4', 'RFC 9111 §4.1', 'RFC 9110 §13.1.2'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language', ETag: '"de"' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language', ETag: '"fr"' },
        },
        expect: {
          from: 'origin',
          stored: true,
          reasons: ['no-variant-matches', 'sibling-validators'],
          upstream: { headers: { 'If-None-Match': '"de"' } },
        },
      },
      {
        at: 100,
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: { status: 304, headers: { ETag: '"fr"' } },
        expect: {
          from: 'validated',
          bodyOfStep: 2,
          reasons: ['validate', 'confirmed'],
          upstream: { headers: { 'If-None-Match': '"fr", "de"' }, absent: ['if-modified-since'] },
        },
      },
    ],
  },
  {
    id: 'validation-other-variant-confirmed',
    title: 'A 304 may confirm a variant that the request could not select: it is the answer',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.3.4', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language', ETag: '"de"' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'de-AT' } },
        origin: { status: 304, headers: { ETag: '"de"', Vary: 'Accept-Language' } },
        expect: {
          from: 'validated',
          bodyOfStep: 1,
          outcome: 'revalidated',
          reasons: ['no-variant-matches', 'sibling-validators', 'confirmed-variant'],
          headers: { ETag: '"de"' },
        },
      },
    ],
  },
  {
    id: 'validation-other-variant-withdrawn',
    title: 'What follows a 304 that withdraws another variant supersedes the one that was selected',
    kind: 'check',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.3.4', 'RFC 9111 §3.2'],
    steps: [
      ...['de', 'en'].map((language): Step => ({
        request: { headers: { 'Accept-Language': language } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Vary: 'Accept-Language',
            ETag: `"${language}"`,
          },
        },
        expect: { from: 'origin', stored: true },
      })),
      {
        at: 2,
        request: { headers: { 'Accept-Language': 'de', 'Cache-Control': 'no-cache' } },
        origin: [
          { status: 304, headers: { ETag: '"en"', 'Cache-Control': 'no-store' } },
          { headers: { 'Cache-Control': 'max-age=600' }, body: 'for all' },
        ],
        expect: { from: 'origin', body: 'for all', stored: true, upstream: { requests: 2 } },
      },
      {
        at: 3,
        request: { headers: { 'Accept-Language': 'de' } },
        expect: { from: 'cache', body: 'for all' },
      },
    ],
  },
  {
    id: 'validation-variant-without-etag',
    title: 'A variant without entity tag cannot be offered for another request',
    kind: 'check',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            Vary: 'Accept-Language',
            'Last-Modified': '{start-1000}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' } },
        expect: {
          from: 'origin',
          reasons: ['no-variant-matches'],
          notReasons: ['sibling-validators'],
          upstream: { absent: ['if-none-match', 'if-modified-since'] },
        },
      },
    ],
  },
  {
    id: 'validation-same-etag-twice',
    title:
      'Variants with one entity tag offer it once, and a 304 freshens the one that was asked for',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { 'X-Group': 'a' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"same"' },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Group': 'b' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"same"' },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Group': 'a' } },
        origin: { status: 304 },
        expect: { from: 'validated', upstream: { headers: { 'If-None-Match': '"same"' } } },
      },
      {
        at: 110,
        request: { headers: { 'X-Group': 'a' } },
        expect: { from: 'cache', outcome: 'hit', headers: { Age: '10' } },
      },
      {
        at: 110,
        request: { headers: { 'X-Group': 'b' } },
        origin: { status: 304 },
        expect: { from: 'validated', outcome: 'revalidated' },
      },
    ],
  },
]);

const merging = defineCases([
  {
    id: 'validation-304-updates',
    title: 'Each field of the 304 replaces what is stored under its name; the others stay',
    kind: 'required',
    spec: ['RFC 9111 §3.2', 'RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"', 'X-Old': 'kept', 'X-New': ['1', '2'], 'Content-Type': 'text/plain' }),
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          headers: [
            ['Cache-Control', 'max-age=120'],
            ['X-New', '3'],
            ['X-Added', 'a'],
            ['X-Added', 'b'],
          ],
        },
        expect: {
          from: 'validated',
          headers: {
            'X-Old': 'kept',
            'X-New': '3',
            'X-Added': 'a, b',
            'Cache-Control': 'max-age=120',
            'Content-Type': 'text/plain',
            ETag: '"v1"',
          },
        },
      },
      {
        at: 219,
        request: {},
        expect: {
          from: 'cache',
          outcome: 'hit',
          headers: { Age: '119', 'X-New': '3', 'X-Added': 'a, b' },
        },
      },
    ],
  },
  {
    id: 'validation-304-excepted-fields',
    title: 'Length, coding and range of the stored bytes do not come from a 304',
    kind: 'required',
    spec: ['RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"', 'Content-Encoding': 'identity' }, '0123456789'),
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          headers: {
            'Content-Length': '3',
            'Content-Encoding': 'gzip',
            'Content-Range': 'bytes 0-2/3',
          },
        },
        expect: {
          from: 'validated',
          body: '0123456789',
          headers: {
            'Content-Length': '10',
            'Content-Encoding': 'identity',
          },
          absent: ['content-range'],
        },
      },
      {
        at: 101,
        request: {},
        expect: {
          from: 'cache',
          body: '0123456789',
          headers: { 'Content-Length': '10', 'Content-Encoding': 'identity' },
        },
      },
    ],
  },
  {
    id: 'validation-304-content-fields',
    title: 'Fields that begin with Content- are updated like any other',
    kind: 'required',
    spec: ['RFC 9111 §3.2'],
    steps: [
      minute({
        ETag: '"v1"',
        'Content-Type': 'text/plain',
        'Content-Language': 'en',
        'Content-Security-Policy': "default-src 'self'",
      }),
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          headers: {
            'Content-Type': 'text/plain; charset=utf-8',
            'Content-Language': 'en-GB',
            'Content-Security-Policy': "default-src 'none'",
          },
        },
        expect: { from: 'validated', headers: { 'Content-Type': 'text/plain; charset=utf-8' } },
      },
      {
        at: 101,
        request: {},
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          headers: {
            'Content-Type': 'text/plain; charset=utf-8',
            'Content-Language': 'en-GB',
            'Content-Security-Policy': "default-src 'none'",
          },
        },
      },
    ],
  },
  {
    id: 'validation-304-hop-by-hop',
    title: 'Fields of the connection in a 304 are not stored',
    kind: 'required',
    spec: ['RFC 9111 §3.1', 'RFC 9111 §3.2', 'RFC 9110 §7.6.1'],
    steps: [
      minute({ ETag: '"v1"', 'X-Both': 'stored' }),
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          headers: { Connection: 'X-Hop, X-Both', 'X-Hop': '1', 'X-Both': 'hop', 'X-End': '2' },
        },
        expect: {
          from: 'validated',
          headers: { 'X-End': '2', 'X-Both': 'stored' },
          absent: ['x-hop'],
        },
      },
      {
        at: 101,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'X-End': '2', 'X-Both': 'stored' },
          absent: ['x-hop'],
        },
      },
    ],
  },
  {
    id: 'validation-304-date',
    title: 'The Date of the 304 replaces the stored one',
    kind: 'required',
    spec: ['RFC 9111 §3.2', 'RFC 9111 §4.2.3'],
    steps: [
      minute({ ETag: '"v1"', Date: '{start-30}' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, headers: { Date: '{start-5}' } },
        expect: { from: 'validated', headers: { Date: '{start-5}' } },
      },
    ],
  },
  {
    id: 'validation-304-dateless',
    title: 'A 304 without Date counts from its receipt',
    kind: 'required',
    spec: ['RFC 9110 §6.6.1', 'RFC 9111 §4.2.3'],
    steps: [
      minute({ ETag: '"v1"', Date: '{start-30}' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, dateless: true },
        expect: { from: 'validated', headers: { Age: '0' }, cacheStatus: { ttl: 60 } },
      },
    ],
  },
  {
    id: 'validation-304-age',
    title: 'The Age of a 304 counts for the confirmed response',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      minute({ ETag: '"v1"', Age: '55' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, headers: { Age: '20' } },
        expect: { from: 'validated', headers: { Age: '20' }, cacheStatus: { ttl: 40 } },
      },
      { at: 139, request: {}, expect: { from: 'cache', headers: { Age: '59' } } },
    ],
  },
  {
    id: 'validation-304-without-age',
    title: 'A 304 without Age resets what was received with the stored response',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      minute({ ETag: '"v1"', Age: '55' }),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', headers: { Age: '0' } },
      },
    ],
  },
  {
    id: 'validation-304-new-lifetime',
    title: 'The lifetime in the 304 counts from now on',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=10' } },
        expect: { from: 'validated', cacheStatus: { ttl: 10 } },
      },
      { at: 109, request: {}, expect: { from: 'cache' } },
      { at: 110, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'validation-304-to-no-cache',
    title: 'A 304 that says no-cache has the response validated each time',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4', 'RFC 9111 §5.2.2.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      confirmed({ 'Cache-Control': 'no-cache' }),
      {
        at: 101,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['response-no-cache'] },
      },
    ],
  },
  {
    id: 'validation-304-to-no-store',
    title:
      'A 304 that says no-store forbids keeping the response: it is asked for whole, and gone from the store',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §3.2', 'RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, headers: { 'Cache-Control': 'no-store' } },
          { headers: { 'Cache-Control': 'no-store' } },
        ],
        expect: {
          from: 'origin',
          stored: false,
          reasons: ['validate', 'not-stored-no-store'],
          upstream: { requests: 2 },
          upstreamAgain: { absent: ['if-none-match'] },
        },
      },
      {
        at: 101,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
  {
    id: 'validation-304-to-private',
    title: 'A 304 that says private forbids keeping the response for all',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, headers: { 'Cache-Control': 'private, max-age=60' } },
          { headers: { 'Cache-Control': 'private, max-age=60' } },
        ],
        expect: {
          from: 'origin',
          stored: false,
          reasons: ['not-stored-private'],
          upstream: { requests: 2 },
        },
      },
      {
        at: 101,
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: {
          from: 'origin',
          notReasons: ['do-not-collapse'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  },
  {
    id: 'validation-304-sets-cookie',
    title: 'A cookie that comes with a 304 is part of what is stored, with a warning',
    kind: 'check',
    spec: ['RFC 9111 §3.2', 'RFC 9111 §7.3'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, headers: { 'Set-Cookie': 'theme=dark' } },
        expect: { from: 'validated', reasons: ['confirmed', 'stored-set-cookie'] },
      },
      { at: 101, request: {}, expect: { from: 'cache', headers: { 'Set-Cookie': 'theme=dark' } } },
    ],
  },
  {
    id: 'validation-304-sets-cookie-without-lifetime',
    title:
      'A cookie that comes with the 304 of a response that is never fresh is not kept for the next visitor',
    kind: 'check',
    spec: ['RFC 9111 §7.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-cache', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: {},
        origin: [
          { status: 304, headers: { 'Set-Cookie': 'sid=1' } },
          { headers: { 'Cache-Control': 'no-cache', ETag: '"v1"', 'Set-Cookie': 'sid=1' } },
        ],
        expect: {
          from: 'origin',
          stored: false,
          headers: { 'Set-Cookie': 'sid=1' },
          reasons: ['not-stored-set-cookie'],
          upstream: { requests: 2 },
        },
      },
    ],
  },
  {
    id: 'validation-304-qualified-private',
    title: 'private="x-user" in a 304 keeps that field out of the store',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3.1', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          headers: { 'Cache-Control': 'max-age=60, private="x-user"', 'X-User': 'ada' },
        },
        expect: { from: 'validated' },
      },
      { at: 101, request: {}, expect: { from: 'cache', absent: ['x-user'] } },
    ],
  },
  {
    id: 'validation-304-to-vary-star-kept-private',
    title:
      'A 304 whose Vary matches nothing ends the reuse, even where the field itself is not to be kept',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §5.2.2.7'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 70,
        request: {},
        origin: [
          { status: 304, headers: { 'Cache-Control': 'max-age=60, private="vary"', Vary: '*' } },
          { headers: { 'Cache-Control': 'max-age=60', Vary: '*' }, body: 'anew' },
        ],
        expect: { from: 'origin', body: 'anew', stored: false, upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-to-vary-star',
    title: 'A 304 that says Vary: * makes the response match no later request',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, headers: { Vary: '*' } },
          { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } },
        ],
        expect: {
          from: 'origin',
          stored: false,
          reasons: ['not-stored-vary-star'],
          upstream: { requests: 2 },
        },
      },
      {
        at: 101,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'validation-304-changes-vary-of-variants',
    title:
      'A 304 that changes Vary places the response it answers with; other variants stay as they were',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { 'X-Group': 'a' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"same"' },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Group': 'b' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"same"' },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Group': 'a' } },
        origin: { status: 304, headers: { Vary: 'X-Group, X-Kind' } },
        expect: { from: 'validated' },
      },
      {
        at: 101,
        request: { headers: { 'X-Group': 'a' } },
        expect: { from: 'cache', outcome: 'hit' },
      },
      {
        at: 101,
        request: { headers: { 'X-Group': 'b' } },
        origin: { status: 304 },
        expect: { from: 'validated' },
      },
      {
        at: 102,
        request: { headers: { 'X-Group': 'a', 'X-Kind': 'x' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group, X-Kind' } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'validation-304-adds-vary',
    title: 'A Vary that a 304 adds is obeyed: another value of the field no longer matches',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: { headers: { 'Accept-Language': 'de' } },
        origin: { status: 304, headers: { Vary: 'Accept-Language' } },
        expect: { from: 'validated', headers: { Vary: 'Accept-Language' } },
      },
      {
        at: 101,
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language', ETag: '"fr"' },
        },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      {
        at: 102,
        request: { headers: { 'Accept-Language': 'de' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'validation-304-new-tags',
    title: 'Purge tags that come with a 304 replace those stored',
    kind: 'check',
    spec: ['RFC 9111 §3.2', 'Poplet'],
    steps: [
      minute({ ETag: '"v1"', 'Surrogate-Key': 'old' }),
      confirmed({ 'Surrogate-Key': 'new' }),
      { at: 101, purge: { tag: 'old' } },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 101, purge: { tag: 'new' } },
      { at: 101, request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'validation-304-new-group',
    title: 'Cache groups that come with a 304 replace those stored; without any, they stay',
    kind: 'check',
    spec: ['RFC 9875 §2', 'RFC 9111 §3.2'],
    steps: [
      minute({ ETag: '"v1"', 'Cache-Groups': '"old"' }),
      confirmed({ 'Cache-Groups': '"new"' }),
      { at: 101, purge: { group: 'old' } },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 200, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      { at: 201, purge: { group: 'new' } },
      { at: 201, request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'validation-304-keeps-what-is-hidden',
    title: 'Vary and tags that a qualified private keeps from clients still hold after a 304',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §5.2.2.7'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60, private="vary, surrogate-key"',
            Vary: 'X-Kind',
            'Surrogate-Key': 'red',
            ETag: '"v1"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Kind': 'a' } },
        origin: { status: 304 },
        expect: { from: 'validated', absent: ['vary', 'surrogate-key'] },
      },
      {
        at: 101,
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      {
        at: 101,
        request: { headers: { 'X-Kind': 'a' } },
        expect: { from: 'cache', bodyOfStep: 1 },
      },
      { at: 102, purge: { tag: 'red' } },
      {
        at: 102,
        request: { headers: { 'X-Kind': 'a' } },
        origin: {},
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'validation-304-without-etag',
    title: 'A 304 without a validator confirms the one response that was asked about',
    kind: 'check',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, unasked304: true },
        expect: { from: 'validated', outcome: 'revalidated' },
      },
    ],
  },
  {
    id: 'validation-304-last-modified-match',
    title: 'A 304 with the stored Last-Modified confirms it',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      minute({ 'Last-Modified': '{start-1000}' }),
      confirmed({ 'Last-Modified': '{start-1000}' }),
    ],
  },
  {
    id: 'validation-304-weak-match',
    title: 'A 304 with the weak form of the stored tag confirms it',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4', 'RFC 9110 §8.8.3.2'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, unasked304: true, headers: { ETag: 'W/"v1"' } },
        expect: { from: 'validated', outcome: 'revalidated' },
      },
    ],
  },
  {
    id: 'validation-304-takes-leave-away',
    title:
      'A 304 that takes the lifetime from a page that was made for somebody takes the page away',
    kind: 'required',
    spec: ['RFC 9111 §3.2', 'RFC 9111 §4.2.4'],
    steps: [
      {
        request: { headers: { Cookie: 'sid=ada' } },
        origin: { headers: { 'Cache-Control': 's-maxage=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { Cookie: 'sid=bob' } },
        origin: [
          { status: 304, headers: { 'Cache-Control': 'must-revalidate' } },
          { headers: { 'Cache-Control': 'private' } },
        ],
        expect: { from: 'origin', reasons: ['not-stored-personal'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-bare-personal',
    title: 'A 304 without a tag does not confirm a page that was made for somebody',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { Cookie: 'sid=ada' } },
        origin: { headers: { ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Cookie: 'sid=bob' } },
        origin: [{ status: 304, unasked304: true }, { headers: { ETag: '"v2"' } }],
        expect: { from: 'origin', reasons: ['unmatched-304'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-weak-selected',
    title: 'A weak 304 confirms only the response that the request selects',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { 'X-Group': 'a' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            Vary: 'X-Group',
            ETag: 'W/"w"',
            Date: '{now-20}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Group': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: 'W/"w"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Group': 'a' } },
        origin: { status: 304 },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
      {
        at: 101,
        request: { headers: { 'X-Group': 'a' } },
        expect: { from: 'cache', bodyOfStep: 1, headers: { Age: '1' } },
      },
      {
        at: 101,
        request: { headers: { 'X-Group': 'b' } },
        origin: { status: 304 },
        expect: { from: 'validated', bodyOfStep: 2 },
      },
    ],
  },
]);

const unmatched = defineCases([
  {
    id: 'validation-304-other-etag',
    title:
      'A 304 with a strong tag that is not stored updates nothing: the origin is asked again, without conditions',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, unasked304: true, headers: { ETag: '"v9"' } },
          { headers: { 'Cache-Control': 'max-age=60', ETag: '"v9"' }, body: 'nine' },
        ],
        expect: {
          from: 'origin',
          status: 200,
          outcome: 'expired',
          reasons: ['unmatched-304', 'replaced'],
          upstream: { requests: 2, headers: { 'If-None-Match': '"v1"' } },
          upstreamAgain: { absent: ['if-none-match', 'if-modified-since'] },
        },
      },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'nine' } },
    ],
  },
  {
    id: 'validation-304-other-weak-etag',
    title: 'A 304 with a weak tag that is not stored updates nothing either',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: [{ status: 304, unasked304: true, headers: { ETag: 'W/"v9"' } }, { body: 'nine' }],
        expect: { from: 'origin', reasons: ['unmatched-304'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-strong-for-weak',
    title: 'A strong tag in a 304 does not confirm a response stored under the weak one',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4', 'RFC 9110 §8.8.3.2'],
    steps: [
      minute({ ETag: 'W/"v1"' }),
      {
        at: 100,
        request: {},
        origin: [{ status: 304, unasked304: true, headers: { ETag: '"v1"' } }, { body: 'again' }],
        expect: { from: 'origin', reasons: ['unmatched-304'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-other-last-modified',
    title: 'A 304 with another Last-Modified confirms nothing',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      minute({ 'Last-Modified': '{start-1000}' }),
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, unasked304: true, headers: { 'Last-Modified': '{start-500}' } },
          { body: 'again' },
        ],
        expect: { from: 'origin', reasons: ['unmatched-304'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-ambiguous',
    title: 'A 304 without validator cannot mean one of several: the origin is asked again',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { 'X-Group': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"a"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Group': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ETag: '"b"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Group': 'a' } },
        origin: [{ status: 304, unasked304: true }, { body: 'again' }],
        expect: { from: 'origin', reasons: ['unmatched-304'], upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-unmatched-then-error',
    title: 'Where the second question fails, the stored response may still stand in',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.4', 'RFC 5861 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=600', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: [{ status: 304, unasked304: true, headers: { ETag: '"v9"' } }, { status: 503 }],
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['unmatched-304', 'upstream-error', 'stale-if-error'],
          upstream: { requests: 2 },
        },
      },
    ],
  },
  {
    id: 'validation-304-unasked',
    title: 'A 304 to a request without conditions is nonsense: 502, and not asked for ever',
    kind: 'check',
    spec: ['RFC 9110 §15.4.5'],
    steps: [
      {
        request: {},
        origin: { status: 304, unasked304: true },
        expect: {
          from: 'edge',
          status: 502,
          outcome: 'error',
          reasons: ['upstream-failure'],
          upstream: { requests: 1 },
        },
      },
    ],
  },
  {
    id: 'validation-304-twice',
    title: 'An origin that answers 304 again to the question without conditions gets a 502',
    kind: 'check',
    spec: ['RFC 9110 §15.4.5', 'RFC 9111 §4.3.4'],
    steps: [
      minute({ ETag: '"v1"' }),
      {
        at: 100,
        request: {},
        origin: { status: 304, unasked304: true, headers: { ETag: '"v9"' } },
        expect: { from: 'edge', status: 502, outcome: 'error', upstream: { requests: 2 } },
      },
    ],
  },
  {
    id: 'validation-304-unasked-fallback',
    title:
      'A 304 to a question without validators is a failure, for which stale-if-error may stand in',
    kind: 'check',
    spec: ['RFC 9110 §15.4.5', 'RFC 5861 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: { status: 304, unasked304: true },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['upstream-failure', 'stale-if-error'],
          upstream: { requests: 1 },
        },
      },
    ],
  },
]);

/** A variant for one group, stored for a minute. */
function ofGroup(group: string, headers: Record<string, string>): ExchangeStep {
  return {
    request: { headers: { 'X-Group': group } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group', ...headers } },
    expect: { from: 'origin', stored: true },
  };
}

/** What is asked for group b when only group a has its response stored. */
function askedForB(
  stored: Record<string, string>,
  expected: UpstreamExpectation,
): readonly ExchangeStep[] {
  return [
    ofGroup('a', stored),
    {
      at: 5,
      request: { headers: { 'X-Group': 'b' } },
      origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Group' }, body: 'b’s own' },
      expect: {
        from: 'origin',
        body: 'b’s own',
        reasons: ['no-variant-matches'],
        upstream: expected,
      },
    },
  ];
}

const siblings = defineCases([
  {
    id: 'validation-sibling-last-modified-beside-etag',
    title: 'Of another variant only the strong ETag is offered, never its Last-Modified',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §8.8.2.2'],
    steps: askedForB(
      { ETag: '"a"', 'Last-Modified': '{start-1000}' },
      { headers: { 'If-None-Match': '"a"' }, absent: ['if-modified-since'] },
    ),
  },
  {
    id: 'validation-sibling-weak-etag',
    title: 'A weak ETag of another variant does not say which one is meant: it is not offered',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §8.8.1'],
    steps: askedForB(
      { ETag: 'W/"a"', 'Last-Modified': '{start-1000}' },
      { absent: ['if-none-match', 'if-modified-since'] },
    ),
  },
  {
    id: 'validation-sibling-weak-beside-strong',
    title: 'Of several variants, those with a strong ETag are offered',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 9110 §8.8.1'],
    steps: [
      ofGroup('weak', { ETag: 'W/"w"' }),
      ofGroup('dated', { 'Last-Modified': '{start-1000}' }),
      ofGroup('strong', { ETag: '"s"' }),
      {
        request: { headers: { 'X-Group': 'none' } },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: {
          from: 'origin',
          reasons: ['sibling-validators'],
          upstream: { headers: { 'If-None-Match': '"s"' }, absent: ['if-modified-since'] },
        },
      },
    ],
  },
  {
    id: 'validation-own-last-modified-beside-sibling',
    title:
      'The selected response’s own weak ETag is offered beside the strong ones of its siblings',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1'],
    steps: [
      ofGroup('a', { ETag: '"a"' }),
      ofGroup('b', { ETag: 'W/"b"' }),
      {
        at: 100,
        request: { headers: { 'X-Group': 'b' } },
        origin: { status: 304, headers: { ETag: 'W/"b"' } },
        expect: {
          from: 'validated',
          bodyOfStep: 2,
          reasons: ['confirmed'],
          upstream: { headers: { 'If-None-Match': 'W/"b", "a"' } },
        },
      },
      {
        at: 101,
        request: { headers: { 'X-Group': 'a' } },
        origin: { status: 304, headers: { ETag: '"a"' } },
        expect: { from: 'validated', bodyOfStep: 1, reasons: ['stale'] },
      },
    ],
  },
  ...(
    [
      ['bare', {}],
      ['weak', { ETag: 'W/"a"' }],
      ['last-modified', { 'Last-Modified': '{start-1000}' }],
    ] as const
  ).flatMap(([id, headers]): readonly Case[] => [
    {
      id: `validation-sibling-not-by-${id}-304`,
      title: `A 304 without a strong ETag confirms no variant that the request does not select (${id})`,
      kind: 'required',
      spec: ['RFC 9111 §4.3.4', 'RFC 9110 §8.8.1'],
      steps: [
        ofGroup('a', { ETag: '"a"', 'Last-Modified': '{start-1000}' }),
        {
          at: 5,
          request: { headers: { 'X-Group': 'b' } },
          origin: [{ status: 304, unasked304: true, headers }, { body: 'b’s own' }],
          expect: {
            from: 'origin',
            body: 'b’s own',
            reasons: ['unmatched-304'],
            notReasons: ['confirmed-variant'],
            upstream: { requests: 2 },
            upstreamAgain: { absent: ['if-none-match', 'if-modified-since'] },
          },
        },
      ],
    },
    {
      id: `validation-selected-by-${id}-304`,
      title: `Such a 304 confirms the selected response, where nothing else was offered, and leaves its sibling as it is (${id})`,
      kind: 'check',
      spec: ['RFC 9111 §4.3.4', 'Poplet'],
      steps: [
        ofGroup('b', { ETag: 'W/"a"', 'Last-Modified': '{start-1000}' }),
        ofGroup('a', { ETag: 'W/"a"', 'Last-Modified': '{start-1000}' }),
        {
          at: 100,
          request: { headers: { 'X-Group': 'a' } },
          origin: { status: 304, unasked304: true, headers },
          expect: { from: 'validated', bodyOfStep: 2, outcome: 'revalidated' },
        },
        {
          at: 101,
          request: { headers: { 'X-Group': 'a' } },
          expect: { from: 'cache', bodyOfStep: 2, outcome: 'hit', headers: { Age: '1' } },
        },
        {
          at: 101,
          request: { headers: { 'X-Group': 'b' } },
          origin: { body: 'anew' },
          expect: { from: 'origin', body: 'anew', reasons: ['stale'] },
        },
      ],
    },
  ]),
  {
    id: 'validation-gzip-same-weak-etag',
    title: 'A gzip variant with the same weak ETag never answers a client without Accept-Encoding',
    kind: 'required',
    spec: ['RFC 9110 §8.8.1', 'RFC 9110 §12.5.3', 'RFC 9111 §4.3.4'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            Vary: 'Accept-Encoding',
            ETag: 'W/"v1"',
            Date: '{now-20}',
          },
          body: 'plain',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            'Content-Encoding': 'gzip',
            Vary: 'Accept-Encoding',
            ETag: 'W/"v1"',
          },
          body: 'zipped',
        },
        expect: { from: 'origin', stored: true, upstream: { absent: ['if-none-match'] } },
      },
      {
        at: 100,
        request: {},
        origin: { status: 304, headers: { ETag: 'W/"v1"' } },
        expect: { from: 'validated', body: 'plain', absent: ['content-encoding'] },
      },
      {
        at: 101,
        request: {},
        expect: { from: 'cache', body: 'plain', absent: ['content-encoding'] },
      },
    ],
  },
  {
    id: 'validation-gzip-only-weak-etag',
    title: 'Nor does it where the gzip variant alone is stored',
    kind: 'required',
    spec: ['RFC 9110 §8.8.1', 'RFC 9110 §12.5.3', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            'Content-Encoding': 'gzip',
            Vary: 'Accept-Encoding',
            ETag: 'W/"v1"',
          },
          body: 'zipped',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding', ETag: 'W/"v1"' },
          body: 'plain',
        },
        expect: {
          from: 'origin',
          body: 'plain',
          absent: ['content-encoding'],
          upstream: { absent: ['if-none-match', 'if-modified-since'] },
        },
      },
    ],
  },
  {
    id: 'validation-sibling-headers-kept',
    title: 'A 304 that confirms a sibling rewrites no variant’s own header fields',
    kind: 'check',
    spec: ['RFC 9111 §4.3.4', 'Poplet'],
    steps: [
      {
        request: { headers: { 'X-Group': 'a' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Vary: 'X-Group',
            ETag: '"same"',
            'X-Title': 'for a',
          },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Group': 'b' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Vary: 'X-Group',
            ETag: '"same"',
            'X-Title': 'for b',
          },
          body: 'same',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: { headers: { 'X-Group': 'c' } },
        origin: { status: 304, headers: { ETag: '"same"', 'X-Title': 'for c' } },
        expect: { from: 'validated', body: 'same', reasons: ['confirmed-variant'] },
      },
      {
        at: 6,
        request: { headers: { 'X-Group': 'a' } },
        expect: { from: 'cache', body: 'same', headers: { 'X-Title': 'for a' } },
      },
      {
        at: 6,
        request: { headers: { 'X-Group': 'b' } },
        expect: { from: 'cache', body: 'same', headers: { 'X-Title': 'for b' } },
      },
    ],
  },
]);

/** The 304 forbids keeping what it confirms, and then the origin fails. */
const withdrawn = defineCases(
  (['no-store', 'private'] as const).flatMap((directive): readonly Case[] => {
    const fresh: ExchangeStep = {
      request: {},
      origin: {
        headers: { 'Cache-Control': 'max-age=60, stale-if-error=600', ETag: '"v1"' },
      },
      expect: { from: 'origin', stored: true },
    };
    const gone = (at: number): ExchangeStep => ({
      at,
      request: {},
      origin: { status: 500 },
      expect: {
        from: 'origin',
        status: 500,
        reasons: ['nothing-stored'],
        upstream: { absent: ['if-none-match'] },
      },
    });
    const refusal: OriginAnswer = { status: 304, headers: { 'Cache-Control': directive } };
    return [
      {
        id: `validation-304-to-${directive}-then-error`,
        title: `After a 304 that says ${directive}, an error to the second question is the answer`,
        kind: 'required',
        spec: ['RFC 9111 §3.2', 'RFC 9111 §5.2.2.5', 'RFC 9111 §5.2.2.7'],
        steps: [
          fresh,
          {
            at: 100,
            request: {},
            origin: [refusal, { status: 503 }],
            expect: {
              from: 'origin',
              status: 503,
              stored: false,
              notReasons: ['stale-if-error'],
              upstream: { requests: 2 },
            },
          },
          gone(101),
        ],
      },
      {
        id: `validation-304-to-${directive}-then-silence`,
        title: `After a 304 that says ${directive}, silence to the second question is a 504`,
        kind: 'required',
        spec: ['RFC 9111 §3.2', 'RFC 9111 §5.2.2.5', 'RFC 9111 §5.2.2.7'],
        steps: [
          fresh,
          {
            at: 100,
            request: {},
            origin: [refusal, { fault: 'timeout' }],
            expect: {
              from: 'edge',
              status: 504,
              outcome: 'error',
              notReasons: ['stale-if-error', 'stale-disconnected'],
              upstream: { requests: 2 },
            },
          },
          gone(101),
        ],
      },
      {
        id: `validation-304-to-${directive}-reload-then-error`,
        title: `A reload that brings ${directive} in a 304 takes even a fresh response away at once`,
        kind: 'required',
        spec: ['RFC 9111 §3.2', 'RFC 9111 §5.2.2.5', 'RFC 9111 §5.2.2.7'],
        steps: [
          fresh,
          {
            at: 10,
            request: { headers: { 'Cache-Control': 'no-cache' } },
            origin: [refusal, { status: 503 }],
            expect: { from: 'origin', status: 503, upstream: { requests: 2 } },
          },
          gone(11),
        ],
      },
      {
        id: `validation-304-to-${directive}-refresh`,
        title: `A background refresh that brings ${directive} in a 304 takes the response away`,
        kind: 'required',
        spec: ['RFC 9111 §3.2', 'RFC 5861 §3'],
        steps: [
          {
            request: {},
            origin: {
              headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=600', ETag: '"v1"' },
            },
            expect: { from: 'origin', stored: true },
          },
          {
            at: 70,
            request: {},
            origin: [refusal, { status: 503 }],
            expect: { from: 'cache', outcome: 'updating', upstream: { requests: 2 } },
          },
          gone(71),
        ],
      },
    ];
  }),
);

const stripped = defineCases(
  (
    [
      [
        'last-modified',
        { 'Last-Modified': '{start-1000}' },
        ['if-modified-since', 'if-none-match'],
      ],
      ['etag', { ETag: '"v1"' }, ['if-none-match', 'if-modified-since']],
    ] as const
  ).map(([field, headers, absent]): Case => ({
    id: `validation-no-cache-${field}`,
    title: `no-cache="${field}" keeps that validator from being used`,
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §3.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': `max-age=60, no-cache="${field}"`, ...headers } },
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: {}, expect: { from: 'cache', outcome: 'hit', absent: [field] } },
      {
        at: 100,
        request: {},
        origin: { body: 'new' },
        expect: { from: 'origin', body: 'new', reasons: ['no-validator'], upstream: { absent } },
      },
    ],
  })),
);

export const validationCases = [
  ...asking,
  ...variants,
  ...merging,
  ...unmatched,
  ...siblings,
  ...withdrawn,
  ...stripped,
];
