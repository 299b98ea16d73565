import { defineCases } from '@poplet/conformance';
import type { Case, Expectation, HeaderScript, OriginAnswer } from '@poplet/conformance';

/** What the store holds unless a case says otherwise. */
const STORED = { 'Cache-Control': 'max-age=600', ETag: '"v1"', 'Last-Modified': '{start-1000}' };

/** A client condition, evaluated on a hit. */
function onHit(
  told: Omit<Case, 'steps' | 'spec' | 'kind'> & {
    readonly spec: readonly string[];
    readonly kind?: Case['kind'];
    readonly stored?: HeaderScript;
    readonly answer?: OriginAnswer;
    readonly conditions: HeaderScript;
    readonly expect: Omit<Expectation, 'from'>;
  },
): Case {
  const { stored = STORED, answer, conditions, expect, kind = 'optimal', ...rest } = told;
  return {
    ...rest,
    kind,
    steps: [
      {
        request: {},
        origin: { headers: stored, ...answer },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: { headers: conditions },
        expect: { from: 'cache', outcome: 'hit', ...expect },
      },
    ],
  };
}

const NOT_MODIFIED = { status: 304, reasons: ['client-not-modified'] } as const;
const WHOLE = { status: 200, notReasons: ['client-not-modified'] } as const;

const ifNoneMatch = defineCases([
  onHit({
    id: 'conditional-etag-match',
    title: 'If-None-Match with the stored tag is answered 304 from the store',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.2', 'RFC 9110 §13.2.1'],
    conditions: { 'If-None-Match': '"v1"' },
    expect: {
      ...NOT_MODIFIED,
      headers: { ETag: '"v1"', 'Cache-Control': 'max-age=600', Age: '5', Date: /GMT$/u },
    },
  }),
  onHit({
    id: 'conditional-etag-304-fields',
    title:
      'A 304 carries Content-Location, Date, ETag, Vary, Cache-Control and Expires, and no metadata of content',
    kind: 'required',
    spec: ['RFC 9110 §15.4.5', 'RFC 9110 §8.6'],
    stored: {
      ETag: '"v1"',
      'Cache-Control': 'max-age=600',
      Expires: '{start+600}',
      Vary: 'Accept-Encoding',
      'Content-Location': '/there',
      'Content-Type': 'text/plain',
      'Content-Language': 'en',
      'Content-Encoding': 'identity',
    },
    conditions: { 'If-None-Match': '"v1"' },
    expect: {
      ...NOT_MODIFIED,
      headers: {
        ETag: '"v1"',
        'Cache-Control': 'max-age=600',
        Expires: '{start+600}',
        Vary: 'Accept-Encoding',
        'Content-Location': '/there',
        Date: /GMT$/u,
      },
      absent: ['content-type', 'content-length', 'content-language', 'content-encoding'],
    },
  }),
  onHit({
    id: 'conditional-etag-other',
    title: 'If-None-Match with another tag gets the whole response',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2'],
    conditions: { 'If-None-Match': '"v2"' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-etag-list',
    title: 'If-None-Match may list several tags, on several lines',
    spec: ['RFC 9110 §13.1.2', 'RFC 9110 §5.2'],
    conditions: [
      ['If-None-Match', '"v0", "a,b"'],
      ['If-None-Match', 'W/"x", "v1"'],
    ],
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-etag-comma-inside',
    title: 'A comma inside a tag does not make two of it',
    kind: 'required',
    spec: ['RFC 9110 §8.8.3'],
    stored: { ...STORED, ETag: '"v1,v2"' },
    conditions: { 'If-None-Match': '"v1", "v2"' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-etag-star',
    title: 'If-None-Match: * matches whatever is current',
    spec: ['RFC 9110 §13.1.2'],
    conditions: { 'If-None-Match': '*' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-etag-star-without-etag',
    title: 'If-None-Match: * matches a response without a tag as well',
    spec: ['RFC 9110 §13.1.2'],
    stored: { 'Cache-Control': 'max-age=600' },
    conditions: { 'If-None-Match': '*' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-etag-weak-in-request',
    title: 'Tags are compared weakly: W/"v1" from the client matches "v1"',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2', 'RFC 9110 §8.8.3.2'],
    conditions: { 'If-None-Match': 'W/"v1"' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-etag-weak-stored',
    title: 'Tags are compared weakly: "v1" from the client matches W/"v1"',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2', 'RFC 9110 §8.8.3.2'],
    stored: { ...STORED, ETag: 'W/"v1"' },
    conditions: { 'If-None-Match': '"v1"' },
    expect: { ...NOT_MODIFIED, headers: { ETag: 'W/"v1"' } },
  }),
  onHit({
    id: 'conditional-etag-none-stored',
    title: 'A response without a tag matches no listed tag',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2'],
    stored: { 'Cache-Control': 'max-age=600' },
    conditions: { 'If-None-Match': '"v1"' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-etag-malformed',
    title: 'A malformed If-None-Match matches nothing',
    kind: 'check',
    spec: ['RFC 9110 §13.1.2'],
    conditions: { 'If-None-Match': 'v1' },
    expect: WHOLE,
  }),
  {
    id: 'conditional-head',
    title: 'Conditions hold for HEAD',
    kind: 'optimal',
    spec: ['RFC 9110 §13.1.2', 'RFC 9110 §13.2.2'],
    steps: [
      { request: {}, origin: { headers: STORED }, expect: { from: 'origin', stored: true } },
      {
        request: { method: 'HEAD', headers: { 'If-None-Match': '"v1"' } },
        expect: { from: 'cache', outcome: 'hit', ...NOT_MODIFIED },
      },
    ],
  },
]);

const ifModifiedSince = defineCases([
  onHit({
    id: 'conditional-date-equal',
    title: 'If-Modified-Since equal to Last-Modified is answered 304',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.3'],
    conditions: { 'If-Modified-Since': '{start-1000}' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-date-later',
    title: 'If-Modified-Since later than Last-Modified is answered 304',
    spec: ['RFC 9110 §13.1.3'],
    conditions: { 'If-Modified-Since': '{start-999}' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-date-earlier',
    title: 'If-Modified-Since earlier than Last-Modified gets the whole response',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    conditions: { 'If-Modified-Since': '{start-1001}' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-date-beside-etag',
    title: 'If-Modified-Since is ignored beside If-None-Match, even one that does not match',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3', 'RFC 9111 §4.3.2', 'RFC 9110 §13.2.2'],
    conditions: { 'If-None-Match': '"v2"', 'If-Modified-Since': '{start}' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-date-old-beside-etag-match',
    title: 'If-None-Match that matches wins over an If-Modified-Since that would not',
    kind: 'required',
    spec: ['RFC 9110 §13.2.2'],
    conditions: { 'If-None-Match': '"v1"', 'If-Modified-Since': '{start-9000}' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-since-no-date-nor-time',
    title: 'An If-Modified-Since that is no date is not the beginning of time either',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    stored: { 'Cache-Control': 'max-age=600', 'Last-Modified': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    conditions: { 'If-Modified-Since': 'tomorrow' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-date-malformed',
    title: 'An If-Modified-Since that is no date is ignored',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    conditions: { 'If-Modified-Since': 'tomorrow' },
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-date-twice',
    title: 'Two If-Modified-Since lines are more than one member: ignored',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    conditions: [
      ['If-Modified-Since', '{start}'],
      ['If-Modified-Since', '{start}'],
    ],
    expect: WHOLE,
  }),
  onHit({
    id: 'conditional-date-without-last-modified',
    title: 'Without Last-Modified the stored Date is compared: not modified since then',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.3'],
    stored: { 'Cache-Control': 'max-age=600', Date: '{start-20}' },
    conditions: { 'If-Modified-Since': '{start-20}' },
    expect: NOT_MODIFIED,
  }),
  onHit({
    id: 'conditional-date-without-last-modified-earlier',
    title: 'Without Last-Modified the stored Date is compared: modified since then',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.3'],
    stored: { 'Cache-Control': 'max-age=600', Date: '{start-20}' },
    conditions: { 'If-Modified-Since': '{start-21}' },
    expect: WHOLE,
  }),
]);

const others = defineCases([
  onHit({
    id: 'conditional-not-for-404',
    title: 'Conditions are ignored where the answer would not be a 2xx',
    kind: 'required',
    spec: ['RFC 9110 §13.2.1'],
    answer: { status: 404 },
    conditions: { 'If-None-Match': '"v1"' },
    expect: { status: 404, notReasons: ['client-not-modified'] },
  }),
  {
    id: 'conditional-on-miss',
    title: 'On a miss the whole response is fetched, and the client’s condition applied to it here',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.2.1'],
    steps: [
      {
        request: { headers: { 'If-None-Match': '"v1"', 'If-Modified-Since': '{start}' } },
        origin: { headers: STORED },
        expect: {
          from: 'origin',
          status: 304,
          body: '',
          outcome: 'miss',
          stored: true,
          reasons: ['stored', 'client-not-modified'],
          upstream: { absent: ['if-none-match', 'if-modified-since'] },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', status: 200 } },
    ],
  },
  {
    id: 'conditional-if-match-forwarded',
    title: 'If-Match is for the origin server: forwarded, not evaluated',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.1', 'RFC 9110 §13.2.1'],
    steps: [
      {
        request: { headers: { 'If-Match': '"v9"' } },
        origin: { status: 412 },
        expect: {
          from: 'origin',
          status: 412,
          reasons: ['not-collapsible'],
          upstream: { headers: { 'If-Match': '"v9"' } },
        },
      },
    ],
  },
  {
    id: 'conditional-if-unmodified-since-forwarded',
    title: 'If-Unmodified-Since is for the origin server: forwarded, not evaluated',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.4'],
    steps: [
      {
        request: { headers: { 'If-Unmodified-Since': '{start-5}' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          reasons: ['not-collapsible'],
          upstream: { headers: { 'If-Unmodified-Since': '{start-5}' } },
        },
      },
    ],
  },
  onHit({
    id: 'conditional-if-match-on-hit',
    title: 'On a hit, If-Match and If-Unmodified-Since are not evaluated by a cache',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.1.1', 'RFC 9110 §13.1.4'],
    conditions: { 'If-Match': '"v9"', 'If-Unmodified-Since': '{start-9000}' },
    expect: WHOLE,
  }),
  {
    id: 'conditional-unsafe-forwarded',
    title: 'Conditions on an unsafe method are the origin server’s to evaluate',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.2.1'],
    steps: [
      { request: {}, origin: { headers: STORED }, expect: { from: 'origin', stored: true } },
      {
        request: {
          method: 'PUT',
          body: 'x',
          headers: { 'If-None-Match': '*', 'If-Match': '"v1"' },
        },
        origin: { status: 412 },
        expect: {
          from: 'origin',
          status: 412,
          outcome: 'ineligible',
          upstream: { headers: { 'If-None-Match': '*', 'If-Match': '"v1"' } },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'conditional-unsafe-answered',
    title:
      'The answer to an unsafe method is passed on as it came, its ETag in If-None-Match or not',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.2.1'],
    steps: [
      {
        request: {
          method: 'PUT',
          body: 'x',
          headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-1' },
        },
        origin: { headers: { ETag: '"v1"' } },
        expect: { from: 'origin', status: 200, outcome: 'ineligible' },
      },
    ],
  },
  {
    id: 'conditional-beside-precondition',
    title:
      'Beside a condition for the origin server, the client’s other conditions are passed on too',
    kind: 'check',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.2.2'],
    steps: [
      {
        request: { headers: { 'If-Match': '"v1"', 'If-None-Match': '"v0"', Range: 'bytes=0-1' } },
        origin: {
          status: 206,
          headers: { ETag: '"v1"', 'Content-Range': 'bytes 0-1/9' },
          body: '01',
        },
        expect: {
          from: 'origin',
          status: 206,
          body: '01',
          upstream: {
            headers: { 'If-Match': '"v1"', 'If-None-Match': '"v0"', Range: 'bytes=0-1' },
          },
        },
      },
    ],
  },
  {
    id: 'conditional-forwarded-304-not-stored',
    title:
      'A 304 to conditions that were passed on is the client’s, and never stored as a response',
    kind: 'required',
    spec: ['RFC 9111 §3', 'RFC 9111 §4.3.3'],
    steps: [
      {
        request: { path: '/seen' },
        origin: { headers: { ETag: '"v1"', 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: false },
      },
      {
        request: { path: '/seen', headers: { 'If-Match': '"v1"', 'If-None-Match': '"v1"' } },
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', status: 304, stored: false, reasons: ['forwarded-304'] },
      },
      {
        request: { path: '/seen' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'conditional-date-on-miss',
    title:
      'On a miss without Last-Modified, If-Modified-Since is compared with the Date that arrives',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.2'],
    steps: [
      {
        request: { path: '/a', headers: { 'If-Modified-Since': '{start-20}' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Date: '{start-20}' } },
        expect: { from: 'origin', status: 304 },
      },
      {
        request: { path: '/b', headers: { 'If-Modified-Since': '{start-21}' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Date: '{start-20}' } },
        expect: { from: 'origin', status: 200 },
      },
    ],
  },
  {
    id: 'conditional-invalid-date-on-miss',
    title:
      'A response without Last-Modified whose Date cannot be read counts as modified when it arrived',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §6.6.1'],
    steps: [
      {
        request: { headers: { 'If-Modified-Since': '{start-60}' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Date: 'today' } },
        expect: { from: 'origin', status: 200 },
      },
    ],
  },
  {
    id: 'conditional-stripped-date',
    title: 'What the policy removes on the way to the client still counts here',
    kind: 'check',
    spec: ['Poplet'],
    policy: { downstream: { strip: ['date', 'etag'] } },
    steps: [
      {
        request: { headers: { 'If-Modified-Since': '{start-60}' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Date: '{start}' } },
        expect: { from: 'origin', status: 200 },
      },
      {
        request: { path: '/tagged', headers: { 'If-None-Match': '"v1"' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', ETag: '"v1"' } },
        expect: { from: 'origin', status: 304, absent: ['etag'] },
      },
    ],
  },
  {
    id: 'conditional-precondition-failed-not-stored',
    title:
      'A 412 that one client’s precondition brought about is not stored for all, whatever its lifetime',
    kind: 'check',
    spec: ['RFC 9110 §15.5.13', 'RFC 9111 §4'],
    steps: [
      {
        request: { headers: { 'If-Match': '"v9"' } },
        origin: { status: 412, headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', status: 412, stored: false },
      },
      { request: {}, origin: {}, expect: { from: 'origin', status: 200 } },
    ],
  },
]);

export const conditionalCases = [...ifNoneMatch, ...ifModifiedSince, ...others];
