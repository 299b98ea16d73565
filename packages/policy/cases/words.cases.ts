import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

import { checkedEachTime, notStored, reused } from './patterns.ts';

/** The values that a reason compares stand in its words: one who reads them need not guess. */
export const wordCases = defineCases([
  ...(
    [
      ['cache-control', 'no-store', 'no-store'],
      ['cache-control', 'private', 'private'],
      ['cdn-cache-control', 'no-store', 'no-store'],
    ] as const
  ).map(([field, value, said]) =>
    notStored({
      id: `words-refused-by-${field}-${said}`,
      title: `A refusal names the field that says ${said}: ${field}`,
      kind: 'check',
      spec: ['Poplet'],
      origin: { headers: { [field]: value, etag: '"v1"' } },
      first: { words: [new RegExp(`^not stored: ${field} says ${said}$`, 'u')] },
    }),
  ),
  reused({
    id: 'words-expires',
    title: 'A lifetime that Expires gave is said to be from there',
    kind: 'check',
    spec: ['Poplet'],
    origin: { headers: { expires: '{now+60}' } },
    first: { words: [/^stored for 60 s \(expires\)$/u] },
    second: { words: [/^fresh: age 0 s of 60 s \(expires\)$/u] },
  }),
  ...(['max-age=soon', 's-maxage=soon'] as const).map((value) =>
    checkedEachTime({
      id: `words-unreadable-${value.replace('=', '-')}`,
      title: `A lifetime that cannot be read is one of 0 seconds: ${value}`,
      kind: 'check',
      spec: ['RFC 9111 §4.2.1'],
      origin: { headers: { 'cache-control': value, etag: '"v1"' } },
      first: {
        words: [new RegExp(`whether it has changed \\(${value.split('=')[0]}\\)$`, 'u')],
      },
      second: {
        words: [new RegExp(`^stale: age 0 s, lifetime 0 s \\(${value.split('=')[0]}\\)$`, 'u')],
      },
    }),
  ),
  checkedEachTime({
    id: 'words-no-cache',
    title: 'Of a response that is stored for validation alone, no-cache is named',
    kind: 'check',
    spec: ['Poplet'],
    origin: { headers: { 'cache-control': 'no-cache, max-age=60', etag: '"v1"' } },
    first: {
      words: [/^stored, but the origin is asked each time whether it has changed \(no-cache\)/u],
    },
  }),
  reused({
    id: 'words-vary',
    title: 'All fields that Vary names are told, in one list',
    kind: 'check',
    spec: ['Poplet'],
    origin: { headers: { 'cache-control': 'max-age=60', vary: 'X-B, X-A' } },
    first: { words: [/^one stored response for each value of x-a, x-b \(Vary\)$/u] },
  }),
  ...(
    [
      ['if-none-match', '"v1"', /\(If-None-Match\): 304$/u],
      ['if-none-match', '*', /\(If-None-Match\): 304$/u],
      ['if-modified-since', '{start-60}', /\(If-Modified-Since\): 304$/u],
    ] as const
  ).map(([name, value, words], index): Case => ({
    id: `words-not-modified-${name}-${index}`,
    title: `A 304 from the store names the condition that made it: ${name}: ${value}`,
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'cache-control': 'max-age=60',
            etag: '"v1"',
            'last-modified': '{start-60}',
          },
        },
        expect: { from: 'origin' },
      },
      {
        request: { headers: { [name]: value } },
        expect: { from: 'cache', status: 304, words: [words] },
      },
    ],
  })),
  ...(
    [
      ['accept', 'text/event-stream', 'it asks for an event stream'],
      ['accept', 'text/html, Text/Event-Stream ;q=0.5', 'it asks for an event stream'],
      ['if-match', '"v1"', 'it carries If-Match'],
      ['if-unmodified-since', '{start-60}', 'it carries If-Unmodified-Since'],
    ] as const
  ).map(([name, value, why], index): Case => ({
    id: `words-not-collapsible-${name}-${index}`,
    title: `Why nobody waits for this answer is told: ${why}`,
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { headers: { [name]: value } },
        origin: { headers: { 'cache-control': 'no-store' } },
        expect: {
          from: 'origin',
          words: [new RegExp(`^not shared with simultaneous requests: ${why}$`, 'u')],
        },
      },
    ],
  })),
  ...(['text/event-streams', 'x-text/event-stream', 'a/b;c="text/event-stream"'] as const).map(
    (accept, index): Case => ({
      id: `words-no-event-stream-${index}`,
      title: `What only resembles an event stream is none: ${accept}`,
      kind: 'check',
      spec: ['Poplet'],
      steps: [
        {
          request: { headers: { accept } },
          origin: { headers: { 'cache-control': 'no-store' } },
          expect: { from: 'origin', notReasons: ['not-collapsible'] },
        },
      ],
    }),
  ),
]);
