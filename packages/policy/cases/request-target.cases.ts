import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

/** A client of node:http2 sends an authority, and nghttp2 takes no other characters in it. */
const REFUSED_IN_HTTP2: ReadonlySet<string> = new Set([
  'no-host',
  'host-with-user',
  'host-with-path',
]);

const MINUTE = { headers: { 'Cache-Control': 'max-age=60' } };

/** The forms of the request target, and which host a request is for. */
export const requestTargetCases = defineCases([
  {
    id: 'request-target-absolute',
    title: 'The absolute form is the same request as the path and its Host',
    kind: 'required',
    spec: ['RFC 9112 §3.2.2'],
    steps: [
      {
        request: { target: 'http://{edge-authority}{path}/a?b=1' },
        origin: MINUTE,
        expect: { from: 'origin', stored: true, upstream: { path: '/a?b=1' } },
      },
      { request: { path: '/a?b=1' }, expect: { from: 'cache', outcome: 'hit' } },
      { request: { target: 'HTTP://{edge-authority}{path}/a?b=1' }, expect: { from: 'cache' } },
    ],
  },
  {
    id: 'request-target-absolute-over-host',
    title: 'Where the target names a host, what Host says is ignored',
    kind: 'required',
    spec: ['RFC 9112 §3.2.2', 'RFC 9110 §7.2'],
    steps: [
      {
        request: { target: 'http://{edge-authority}{path}/', host: 'evil.test' },
        origin: MINUTE,
        expect: {
          from: 'origin',
          stored: true,
          upstream: {
            headers: { 'X-Forwarded-Host': '{edge-authority}', Host: '{upstream-authority}' },
          },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
      {
        request: { host: 'evil.test' },
        origin: MINUTE,
        expect: { from: 'origin', outcome: 'miss' },
      },
    ],
  },
  {
    id: 'request-target-absolute-https',
    title: 'A connection that is not secured does not speak for https:',
    kind: 'required',
    spec: ['RFC 9110 §7.4', 'RFC 9110 §15.5.20'],
    steps: [
      {
        request: { target: 'https://{edge-authority}{path}/' },
        expect: { from: 'edge', status: 421, outcome: 'error', upstream: { requests: 0 } },
      },
    ],
  },
  ...(
    [
      ['no-host', {}, null],
      ['host-with-user', {}, 'user@{edge-authority}'],
      ['host-with-path', {}, '{edge-authority}/x'],
      ['host-port-too-high', {}, 'edge.test:65536'],
      ['host-with-comma', {}, 'edge.test,other.test'],
      ['host-twice', { Host: 'other.test' }, undefined],
    ] as const
  ).map(([id, headers, host]): Case => ({
    id: `request-target-${id}`,
    title: `A request that does not say clearly which host it is for is refused (${id})`,
    kind: 'required',
    spec: ['RFC 9112 §3.2', 'RFC 9110 §4.2.4'],
    ...(REFUSED_IN_HTTP2.has(id) ? { notInHttp2: 'nghttp2 answers with a stream error' } : {}),
    steps: [
      {
        request: { headers, ...(host === undefined ? {} : { host }) },
        expect: {
          from: 'edge',
          status: 400,
          outcome: 'error',
          reasons: ['malformed-request'],
          upstream: { requests: 0 },
        },
      },
    ],
  })),
  ...(
    [
      ['fragment', '{path}/#there'],
      ['user', 'http://user@{edge-authority}{path}/'],
      ['other-scheme', 'ftp://{edge-authority}{path}/'],
      ['authority-form', '{edge-authority}'],
    ] as const
  ).map(([id, target]): Case => ({
    id: `request-target-malformed-${id}`,
    title: `A target in no form that the method allows is refused, not repaired (${id})`,
    kind: 'required',
    spec: ['RFC 9112 §3.2', 'RFC 9112 §3.2.3', 'RFC 9110 §7.1'],
    steps: [
      {
        request: { target },
        expect: {
          from: 'edge',
          status: 400,
          outcome: 'error',
          reasons: ['malformed-request'],
          upstream: { requests: 0 },
        },
      },
    ],
  })),
  {
    id: 'request-target-old-client',
    title: 'A client of HTTP/1.0 may name no host: the address that it found is meant',
    kind: 'required',
    spec: ['RFC 9112 §3.2', 'RFC 9112 §3.3'],
    steps: [
      {
        request: { httpVersion: '1.0', host: null },
        origin: MINUTE,
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'X-Forwarded-Host': '{edge-authority}' } },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'request-target-default-port',
    title: 'The scheme’s own port need not be named, nor the case of the host',
    kind: 'required',
    spec: ['RFC 9110 §4.2.3'],
    steps: [
      {
        request: { host: 'Some.Test:{edge-default-port}' },
        origin: MINUTE,
        expect: { from: 'origin', stored: true },
      },
      { request: { host: 'some.test' }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
]);
