import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

const ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE';

/** What the edge answers itself because the request is for it, or may go no further. */
export const ownAnswerCases = defineCases([
  ...(
    [
      ['1', '0'],
      ['3', '2'],
      ['010', '9'],
      ['99999999999999999999999999', '2147483646'],
    ] as const
  ).flatMap(([given, forwarded]) =>
    (['OPTIONS', 'TRACE'] as const).map((method): Case => ({
      id: `own-answer-max-forwards-${method.toLowerCase()}-${given}`,
      title: `${method} with Max-Forwards: ${given} goes on with one less, within what is counted`,
      kind: 'required',
      spec: ['RFC 9110 §7.6.2'],
      steps: [
        {
          request: { method, headers: { 'max-forwards': given } },
          origin: {},
          expect: {
            from: 'origin',
            outcome: 'ineligible',
            upstream: { method, headers: { 'Max-Forwards': forwarded } },
          },
        },
      ],
    })),
  ),
  {
    id: 'own-answer-max-forwards-options-0',
    title: 'OPTIONS that may go no further is answered by the edge, with what it allows',
    kind: 'required',
    spec: ['RFC 9110 §7.6.2', 'RFC 9110 §9.3.7'],
    steps: [
      {
        request: { method: 'OPTIONS', headers: { 'Max-Forwards': '0' } },
        expect: {
          from: 'edge',
          status: 204,
          outcome: 'ineligible',
          headers: { Allow: ALLOW },
          reasons: ['max-forwards-zero'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  {
    id: 'own-answer-max-forwards-trace-0',
    title:
      'TRACE that may go no further is reflected as it came, without what is likely to be secret',
    kind: 'required',
    spec: ['RFC 9110 §7.6.2', 'RFC 9110 §9.3.8'],
    steps: [
      {
        request: {
          method: 'TRACE',
          path: '/x?y=1',
          headers: {
            'Max-Forwards': '000',
            Via: '1.0 fred',
            'X-Plain': 'seen',
            Cookie: 'sid=hidden-1',
            Authorization: 'Basic hidden-2',
            'Proxy-Authorization': 'Basic hidden-3',
            'X-Api-Key': 'hidden-4',
            'X-CSRF-Token': 'hidden-5',
          },
        },
        expect: {
          from: 'edge',
          status: 200,
          outcome: 'ineligible',
          headers: { 'Content-Type': 'message/http', 'Cache-Control': 'no-store' },
          body: /^TRACE \/own-answer-max-forwards-trace-0\/x\?y=1 HTTP\/(?:1\.1|2)\r\nHost: [^\r]+\r\nMax-Forwards: 000\r\nVia: 1\.0 fred\r\nX-Plain: seen\r\n(?:Connection: keep-alive\r\n)?\r\n$/i,
          reasons: ['max-forwards-zero'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  ...(
    [
      ['word', 'three'],
      ['negative', '-1'],
      ['fraction', '1.5'],
      ['empty', ''],
      ['twice', ['3', '0']],
    ] as const
  ).map(([id, value]): Case => ({
    id: `own-answer-max-forwards-malformed-${id}`,
    title: `Max-Forwards that is no number is a bound that nobody can keep (${id})`,
    kind: 'check',
    spec: ['RFC 9110 §7.6.2'],
    steps: [
      {
        request: { method: 'OPTIONS', headers: { 'Max-Forwards': value } },
        expect: {
          from: 'edge',
          status: 400,
          outcome: 'error',
          reasons: ['max-forwards-malformed'],
          upstream: { requests: 0 },
        },
      },
    ],
  })),
  {
    id: 'own-answer-max-forwards-other-methods',
    title: 'With any other method Max-Forwards is a field like others',
    kind: 'check',
    spec: ['RFC 9110 §7.6.2'],
    steps: [
      {
        request: { headers: { 'Max-Forwards': '0' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { headers: { 'Max-Forwards': '0' } } },
      },
      {
        request: { method: 'POST', body: 'x', headers: { 'Max-Forwards': 'many' } },
        origin: {},
        expect: { from: 'origin', upstream: { headers: { 'Max-Forwards': 'many' } } },
      },
    ],
  },
  {
    id: 'own-answer-max-forwards-not-generated',
    title: 'Who set no bound gets none',
    kind: 'required',
    spec: ['RFC 9110 §9.3.7'],
    steps: [
      {
        request: { method: 'OPTIONS' },
        origin: {},
        expect: { from: 'origin', upstream: { absent: ['max-forwards'] } },
      },
    ],
  },
  {
    id: 'own-answer-options-asterisk',
    title: 'OPTIONS * asks about the server that it reaches',
    kind: 'required',
    spec: ['RFC 9110 §9.3.7', 'RFC 9112 §3.2.4'],
    steps: [
      {
        request: { method: 'OPTIONS', target: '*' },
        expect: {
          from: 'edge',
          status: 204,
          outcome: 'ineligible',
          headers: { Allow: ALLOW },
          reasons: ['options-asterisk'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  {
    id: 'own-answer-options-empty-path',
    title: 'OPTIONS for a URL without path and query is OPTIONS *',
    kind: 'required',
    spec: ['RFC 9112 §3.2.4'],
    steps: [
      {
        request: { method: 'OPTIONS', target: 'http://{edge-authority}' },
        expect: {
          from: 'edge',
          status: 204,
          headers: { Allow: ALLOW },
          reasons: ['options-asterisk'],
          upstream: { requests: 0 },
        },
      },
      {
        request: { method: 'OPTIONS', target: 'http://{edge-authority}{path}/' },
        origin: {},
        expect: { from: 'origin', upstream: { path: '/' } },
      },
    ],
  },
  {
    id: 'own-answer-asterisk-other-methods',
    title: 'No other method has the target *',
    kind: 'check',
    notInHttp2: 'nghttp2 answers with a stream error',
    spec: ['RFC 9112 §3.2.4', 'RFC 9110 §7.1'],
    steps: [
      {
        request: { target: '*' },
        expect: {
          from: 'edge',
          status: 400,
          outcome: 'error',
          reasons: ['malformed-request'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  ...(
    [
      ['unknown', 'make-it-so'],
      ['unknown-with-value', 'make="it, so"'],
      ['beside-continue', '100-continue, make-it-so'],
    ] as const
  ).map(([id, expect]): Case => ({
    id: `own-answer-expect-${id}`,
    title: `An expectation that nobody here can meet is refused (${id})`,
    kind: 'check',
    spec: ['RFC 9110 §10.1.1'],
    steps: [
      {
        request: { method: 'POST', body: 'x', headers: { Expect: expect } },
        expect: {
          from: 'edge',
          status: 417,
          outcome: 'error',
          reasons: ['expectation-failed'],
          upstream: { requests: 0 },
        },
      },
    ],
  })),
  ...(['100-continue', '100-Continue'] as const).map((value, index): Case => ({
    id: `own-answer-expect-continue-${index + 1}`,
    title: `${value} is met by asking the client for the content, and goes no further`,
    kind: 'required',
    spec: ['RFC 9110 §10.1.1'],
    steps: [
      {
        request: { method: 'POST', body: 'content', headers: { Expect: value } },
        origin: {},
        expect: { from: 'origin', upstream: { body: 'content', absent: ['expect'] } },
      },
    ],
  })),
  {
    id: 'own-answer-expect-old-client',
    title: 'A client that speaks HTTP/1.0 knows no expectations: what it says is ignored',
    kind: 'required',
    spec: ['RFC 9110 §10.1.1', 'RFC 9110 §15.2'],
    steps: [
      {
        request: {
          method: 'POST',
          body: 'content',
          httpVersion: '1.0',
          headers: { Expect: '100-continue' },
        },
        origin: {},
        expect: { from: 'origin', informational: [], upstream: { body: 'content' } },
      },
      {
        request: { httpVersion: '1.0', headers: { Expect: 'make-it-so' } },
        origin: {},
        expect: { from: 'origin' },
      },
    ],
  },
  {
    id: 'own-answer-trace-content',
    title: 'A TRACE with content is refused: it may not be sent on',
    kind: 'required',
    spec: ['RFC 9110 §9.3.8'],
    steps: [
      {
        request: { method: 'TRACE', body: 'x' },
        expect: {
          from: 'edge',
          status: 400,
          body: /TRACE/u,
          reasons: ['malformed-request'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  {
    id: 'own-answer-connect',
    title: 'CONNECT asks for a tunnel to elsewhere: this is no proxy',
    kind: 'required',
    notInHttp2: 'a CONNECT in HTTP/2 has neither scheme nor path: packages/edge/test/http2',
    spec: ['RFC 9110 §9.3.6', 'RFC 9112 §3.2.3', 'RFC 9110 §15.5.6', 'RFC 9110 §10.2.1'],
    runs: {
      only: 'sockets',
      because:
        'node:http hands the connection of a CONNECT over before there is a request to judge',
    },
    steps: [
      {
        request: { method: 'CONNECT', target: 'elsewhere.test:443' },
        expect: {
          from: 'edge',
          status: 405,
          headers: { Allow: ALLOW },
          outcome: 'error',
          upstream: { requests: 0 },
        },
      },
      {
        request: { method: 'CONNECT', target: 'elsewhere.test:' },
        expect: { from: 'edge', status: 405, upstream: { requests: 0 } },
      },
    ],
  },
]);
