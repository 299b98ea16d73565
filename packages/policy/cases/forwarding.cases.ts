import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

const UNSTORED = { headers: { 'Cache-Control': 'no-store' } };

export const forwardingCases = defineCases([
  {
    id: 'forwarding-end-to-end',
    title: 'End-to-end fields reach the origin as they came, unknown ones included',
    kind: 'required',
    spec: ['RFC 9110 §7.6', 'RFC 9111 §5.2', 'RFC 9110 §5.1'],
    steps: [
      {
        request: {
          headers: [
            ['User-Agent', 'scripted/1'],
            ['X-Unheard-Of', 'a'],
            ['X-Unheard-Of', 'b'],
            ['Cache-Control', 'max-age=5, x-ext=1'],
            ['Cookie', 'a=1'],
            ['Accept-Encoding', 'gzip, br'],
          ],
        },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'User-Agent': 'scripted/1',
              'X-Unheard-Of': 'a, b',
              'Cache-Control': 'max-age=5, x-ext=1',
              Cookie: 'a=1',
              'Accept-Encoding': 'gzip, br',
            },
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-hop-by-hop',
    title: 'Connection, what it names, and fields of this hop are not forwarded',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9110 §10.1.4'],
    steps: [
      {
        request: {
          headers: {
            Connection: 'X-Hop, x-other-hop',
            'X-Hop': '1',
            'X-Other-Hop': '2',
            'Keep-Alive': 'timeout=5',
            'Proxy-Connection': 'keep-alive',
            TE: 'gzip',
            'X-End': '3',
          },
        },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: { 'X-End': '3' },
            absent: ['x-hop', 'x-other-hop', 'proxy-connection', 'te'],
          },
        },
      },
      {
        // Several lines, white space, empty members, quotes that are no token, a name in any case.
        request: {
          headers: [
            ['Connection', ' , x-HOP ,'],
            ['X-Hop', '1'],
            ['Connection', '"x-end", close-not'],
            ['X-End', '3'],
            ['X-hop', 'again'],
          ],
        },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: { headers: { 'X-End': '3' }, absent: ['x-hop'] },
        },
      },
    ],
  },
  {
    id: 'forwarding-hop-by-hop-end-to-end-kept',
    title: 'What is meant for all recipients cannot be nominated away',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9111 §5.2'],
    steps: [
      {
        request: {
          headers: { Connection: 'Cache-Control, Host', 'Cache-Control': 'no-store, x-ext' },
        },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: { 'Cache-Control': 'no-store, x-ext', Host: '{upstream-authority}' },
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-date-added',
    title: 'A response without Date gets the instant at which it was received',
    kind: 'required',
    spec: ['RFC 9110 §6.6.1'],
    steps: [
      {
        request: {},
        origin: { dateless: true, headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', headers: { Date: /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/ } },
      },
      {
        request: { path: '/stored' },
        origin: { dateless: true, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, headers: { Date: /GMT$/ } },
      },
      { request: { path: '/stored' }, expect: { from: 'cache', headers: { Date: /GMT$/ } } },
    ],
  },
  {
    id: 'forwarding-upgrade-old-client',
    title: 'Upgrade in a request of HTTP/1.0 is ignored',
    kind: 'required',
    spec: ['RFC 9110 §7.8'],
    steps: [
      {
        request: {
          httpVersion: '1.0',
          headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
        },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'miss',
          stored: true,
          upstream: { absent: ['upgrade'] },
        },
      },
    ],
  },
  {
    id: 'forwarding-two-lengths',
    title: 'A response that gives two lengths is no answer',
    kind: 'required',
    spec: ['RFC 9112 §6.3', 'RFC 9110 §8.6'],
    runs: {
      only: 'sockets',
      because:
        'the parser of the connection judges the framing, before there is a response to settle',
    },
    steps: [
      {
        request: {},
        origin: {
          headers: [
            ['Cache-Control', 'max-age=60'],
            ['Content-Length', '5'],
            ['Content-Length', '7'],
          ],
          body: '12345',
        },
        expect: { from: 'edge', status: 502, stored: false, reasons: ['upstream-failure'] },
      },
    ],
  },
  {
    id: 'forwarding-response-hop-by-hop',
    title: 'Fields of the upstream connection do not reach the client, stored or not',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'no-store', Connection: 'X-Hop', 'X-Hop': '1', 'X-End': '2' },
        },
        expect: { from: 'origin', headers: { 'X-End': '2' }, absent: ['x-hop'] },
      },
      {
        request: { method: 'POST' },
        origin: { headers: { Connection: 'X-Hop', 'X-Hop': '1', 'X-End': '2' } },
        expect: { from: 'origin', headers: { 'X-End': '2' }, absent: ['x-hop'] },
      },
    ],
  },
  {
    id: 'forwarding-via',
    title: 'Via names this hop, after those before it',
    kind: 'required',
    spec: ['RFC 9110 §7.6.3'],
    steps: [
      {
        request: {},
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { headers: { Via: '{client-version} poplet' } } },
      },
      {
        request: { headers: { Via: '1.0 fred, 1.1 p.example.net' } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: { headers: { Via: '1.0 fred, 1.1 p.example.net, {client-version} poplet' } },
        },
      },
      {
        request: { headers: { Via: ['1.0 fred', '1.1 p.example.net (comment, too)'] } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: { Via: '1.0 fred, 1.1 p.example.net (comment, too), {client-version} poplet' },
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-via-received-version',
    title: 'Via tells the version in which the request came, not the one in which it goes on',
    kind: 'required',
    spec: ['RFC 9110 §7.6.3'],
    steps: [
      {
        request: { httpVersion: '1.0', headers: { Via: '1.1 fred' } },
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { headers: { Via: '1.1 fred, 1.0 poplet' } } },
      },
    ],
  },
  {
    id: 'forwarding-via-of-responses',
    title: 'The Via of a response is passed on and stored as it came; a gateway need not add to it',
    kind: 'check',
    spec: ['RFC 9110 §7.6.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Via: '1.1 backend' } },
        expect: { from: 'origin', stored: true, headers: { Via: '1.1 backend' } },
      },
      { request: {}, expect: { from: 'cache', headers: { Via: '1.1 backend' } } },
    ],
  },
  {
    id: 'forwarding-x-forwarded',
    title: 'The origin learns who asked, and under which name',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §7.6'],
    steps: [
      {
        request: {},
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Forwarded-For': '127.0.0.1',
              'X-Forwarded-Proto': '{edge-scheme}',
              'X-Forwarded-Host': /^[\w.]+(?::\d+)?$/u,
              Forwarded: /^for=127\.0\.0\.1;host="[\w.]+(?::\d+)?";proto=https?$/u,
            },
          },
        },
      },
      {
        request: { headers: { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Forwarded-For': '203.0.113.9, 127.0.0.1',
              Forwarded: /^for=203\.0\.113\.9, for=127\.0\.0\.1;host=/u,
            },
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-x-forwarded-empty',
    title: 'An empty X-Forwarded-For is not continued with a comma',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §5.6.1.1'],
    steps: [
      {
        request: { headers: { 'X-Forwarded-For': '' } },
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { headers: { 'X-Forwarded-For': '127.0.0.1' } } },
      },
    ],
  },
  {
    id: 'forwarding-host',
    title: 'The origin sees its own name as Host',
    kind: 'check',
    spec: ['RFC 9110 §7.2', 'Poplet'],
    steps: [
      {
        request: {},
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: { headers: { Host: /^(?:upstream\.test|127\.0\.0\.1):\d+$/u } },
        },
      },
    ],
  },
  {
    id: 'forwarding-target',
    title: 'Path and query are forwarded to the letter',
    kind: 'required',
    spec: ['RFC 9110 §7.7'],
    steps: [
      {
        request: { path: '/a%2Fb/../c;x=1?q=%C3%A4&b=2&a=1&&' },
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { path: '/a%2Fb/../c;x=1?q=%C3%A4&b=2&a=1&&' } },
      },
    ],
  },
  {
    id: 'forwarding-query-is-part-of-the-key',
    title: 'The query is part of the URI, and its order counts',
    kind: 'required',
    spec: ['RFC 9111 §2', 'RFC 9110 §7.1', 'RFC 9111 §4'],
    steps: [
      {
        request: { path: '/?a=1&b=2' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?b=2&a=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'miss' },
      },
      { request: { path: '/?a=1&b=2' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'forwarding-location-rewritten',
    title: 'A redirect to the upstream’s own address is turned to the edge’s, and stored so',
    kind: 'check',
    spec: ['RFC 9110 §10.2.2', 'Poplet'],
    steps: [
      {
        request: {},
        origin: {
          status: 301,
          headers: { 'Cache-Control': 'max-age=60', Location: '{upstream}{path}/there?x=1#y' },
        },
        expect: {
          from: 'origin',
          headers: { Location: '{edge}{path}/there?x=1#y' },
          reasons: ['location-rewritten'],
        },
      },
      {
        request: {},
        expect: { from: 'cache', status: 301, headers: { Location: '{edge}{path}/there?x=1#y' } },
      },
    ],
  },
  {
    id: 'forwarding-location-network-path',
    title: 'A redirect to the upstream’s own address without its scheme is turned to the edge, too',
    kind: 'check',
    spec: ['RFC 9110 §10.2.2', 'RFC 3986 §4.2', 'Poplet'],
    steps: [
      {
        request: {},
        origin: {
          status: 302,
          headers: { 'Cache-Control': 'no-store', Location: '//{upstream-authority}{path}/x?y=1' },
        },
        expect: {
          from: 'origin',
          headers: { Location: '{edge}{path}/x?y=1' },
          reasons: ['location-rewritten'],
        },
      },
    ],
  },
  ...(
    [
      ['network-path-elsewhere', '//elsewhere.test/there'],
      ['relative', '/there'],
      ['elsewhere', 'https://elsewhere.test/there'],
      ['malformed', 'http://['],
    ] as const
  ).map(([id, location]): Case => ({
    id: `forwarding-location-${id}`,
    title: `Any other Location is left as it is (${id})`,
    kind: 'required',
    spec: ['RFC 9110 §7.7'],
    steps: [
      {
        request: {},
        origin: { status: 302, headers: { 'Cache-Control': 'no-store', Location: location } },
        expect: {
          from: 'origin',
          headers: { Location: location },
          notReasons: ['location-rewritten'],
        },
      },
    ],
  })),
  {
    id: 'forwarding-other-fields-not-rewritten',
    title: 'No other field is rewritten, whatever it names',
    kind: 'required',
    spec: ['RFC 9110 §7.7'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store', 'X-Self': '{upstream}{path}/x' } },
        expect: {
          from: 'origin',
          headers: { 'X-Self': '{upstream}{path}/x' },
          notReasons: ['location-rewritten'],
        },
      },
    ],
  },
  {
    id: 'forwarding-content-location-rewritten',
    title: 'Content-Location that names the upstream is turned to the edge as well',
    kind: 'check',
    spec: ['RFC 9110 §8.7', 'Poplet'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'no-store', 'Content-Location': '{upstream}{path}/x' },
        },
        expect: { from: 'origin', headers: { 'Content-Location': '{edge}{path}/x' } },
      },
    ],
  },
  {
    id: 'forwarding-no-transform',
    title: 'What says no-transform reaches the other side as it was, content and coding',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.6', 'RFC 9111 §5.2.2.6', 'RFC 9110 §7.7', 'RFC 9110 §8.4'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-transform', 'Accept-Encoding': 'gzip' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60, no-transform',
            'Content-Type': 'image/png',
            'Content-Encoding': 'x-test',
          },
          body: 'not really coded',
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Content-Type': 'image/png', 'Content-Encoding': 'x-test' },
          upstream: { headers: { 'Cache-Control': 'no-transform', 'Accept-Encoding': 'gzip' } },
        },
      },
      {
        at: 1,
        request: { headers: { 'Accept-Encoding': 'identity' } },
        expect: {
          from: 'cache',
          body: 'not really coded',
          headers: {
            'Cache-Control': 'max-age=60, no-transform',
            'Content-Type': 'image/png',
            'Content-Encoding': 'x-test',
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-cache-directives',
    title: 'Cache directives are passed on in both directions, known or not',
    kind: 'required',
    spec: ['RFC 9111 §5.2'],
    steps: [
      {
        request: {
          headers: { 'Cache-Control': 'min-fresh=5, x-wish="a, b"', Connection: 'cache-control' },
        },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60, X-Community="UCI", private="x-user"',
            Connection: 'cache-control',
          },
        },
        expect: {
          from: 'origin',
          headers: { 'Cache-Control': 'max-age=60, X-Community="UCI", private="x-user"' },
          upstream: { headers: { 'Cache-Control': 'min-fresh=5, x-wish="a, b"' } },
        },
      },
      {
        at: 1,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Cache-Control': 'max-age=60, X-Community="UCI", private="x-user"' },
        },
      },
    ],
  },
  {
    id: 'forwarding-unstored-head',
    title: 'The head of a response that is not stored arrives whole',
    kind: 'required',
    spec: ['RFC 9110 §7.6', 'RFC 9110 §5.1'],
    steps: [
      {
        request: {},
        origin: {
          status: 418,
          headers: [
            ['Cache-Control', 'no-store'],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-Unheard-Of', 'yes'],
            ['Content-Type', 'text/plain'],
          ],
          body: 'short and stout',
        },
        expect: {
          from: 'origin',
          headers: {
            'Set-Cookie': 'a=1, b=2',
            'X-Unheard-Of': 'yes',
            'Content-Type': 'text/plain',
            'Content-Length': '15',
          },
        },
      },
    ],
  },
  {
    id: 'forwarding-chunked',
    title: 'A body of unknown length is passed on, stored, and has a length on the next request',
    kind: 'optimal',
    spec: ['RFC 9111 §3', 'RFC 9112 §7.1', 'RFC 9110 §8.6'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'ten bytes!', chunked: true },
        expect: { from: 'origin', stored: true },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Content-Length': '10' },
          absent: ['transfer-encoding'],
        },
      },
    ],
  },
]);
