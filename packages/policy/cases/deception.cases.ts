import { defineCases } from '@poplet/conformance';
import type { Case, OriginAnswer } from '@poplet/conformance';

/** Paths that some servers answer with the page of `/account`, and that look like a file. */
const DISGUISES: readonly (readonly [id: string, path: string])[] = [
  ['segment', '/account/nonexistent.css'],
  ['segments', '/account/a/b/c.js'],
  ['semicolon', '/account;.css'],
  ['matrix', '/account;x=1/a.css'],
  ['encoded-slash', '/account%2Fa.css'],
  ['encoded-semicolon', '/account%3B.css'],
  ['nul', '/account%00.css'],
  ['line-feed', '/account%0A.css'],
  ['tab', '/account%09.css'],
  ['encoded-question-mark', '/account%3Fa.css'],
  ['encoded-fragment', '/account%23a.css'],
  ['dollar', '/account$a.css'],
  ['backslash', String.raw`/account\a.css`],
  ['encoded-backslash', '/account%5Ca.css'],
  ['dot', '/account.css'],
  ['trailing-dots', '/account/a.css..'],
  ['doubled-slash', '/account//a.css'],
  ['traversal', '/static/..%2faccount'],
  ['traversal-encoded', '/static/%2e%2e/account'],
  ['traversal-back', '/account/..%2fstatic/a.css'],
  ['traversal-double', '/static/..%252faccount'],
  ['case', '/account/a.CSS'],
  ['exclamation', '/account!.css'],
  ['tilde', '/account~.css'],
  ['query', '/account?a.css'],
];

const SESSION = { Cookie: 'session=victim' };

function deceived(
  id: string,
  {
    path,
    origin,
    words,
  }: { readonly path: string; readonly origin: OriginAnswer; readonly words: string },
): Case {
  return {
    id: `deception-${id}`,
    title: `A personal page is not stored because its path looks like a file: ${words}`,
    kind: 'check',
    spec: ['RFC 9111 §3', 'RFC 9111 §7.2'],
    steps: [
      {
        request: { path, headers: SESSION },
        origin: { ...origin, body: 'the account of the victim' },
        expect: { from: 'origin', stored: false, outcome: 'bypass' },
      },
      {
        request: { path },
        origin: { status: 403, body: 'log in first' },
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  };
}

const personal = defineCases([
  ...DISGUISES.map(([id, path]) =>
    deceived(`silent-${id}`, {
      path,
      words: `the origin says nothing of caching (${id})`,
      origin: { headers: { 'Content-Type': 'text/html', 'Last-Modified': '{now-86400}' } },
    }),
  ),
  ...(
    [
      ['private', { 'Cache-Control': 'private, max-age=600' }],
      ['no-store', { 'Cache-Control': 'no-store' }],
      ['no-cache', { 'Cache-Control': 'no-cache' }],
      ['set-cookie', { 'Set-Cookie': 'session=victim', 'Last-Modified': '{now-86400}' }],
      ['weak-tag', { 'Cache-Control': 'max-age=0', ETag: 'W/"v1"' }],
      ['type', { 'Content-Type': 'text/css', 'Last-Modified': '{now-86400}' }],
    ] as const
  ).map(([id, headers]) =>
    deceived(id, {
      path: '/account/nonexistent.css',
      words: `no lifetime for all (${id})`,
      origin: { headers },
    }),
  ),
  {
    id: 'deception-authorization',
    title: 'A page behind Authorization is not stored without leave, whatever its path looks like',
    kind: 'required',
    spec: ['RFC 9111 §3.5'],
    steps: [
      {
        request: {
          path: '/account/nonexistent.css',
          headers: { Authorization: 'Basic dmljdGltOg==' },
        },
        origin: { headers: { 'Cache-Control': 'max-age=600' }, body: 'the account of the victim' },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-authorization'] },
      },
      {
        request: { path: '/account/nonexistent.css' },
        origin: { status: 401 },
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'deception-explicit',
    title:
      'An origin that calls a personal page public has it stored: the fault shows here as it will there',
    kind: 'check',
    spec: ['RFC 9111 §3', 'RFC 9111 §7.2'],
    steps: [
      {
        request: { path: '/account/nonexistent.css', headers: SESSION },
        origin: {
          headers: { 'Content-Type': 'text/html', 'Cache-Control': 'public, max-age=600' },
          body: 'the account of the victim',
        },
        expect: { from: 'origin', stored: true, words: [/stored/u] },
      },
      {
        request: { path: '/account/nonexistent.css' },
        expect: { from: 'cache', body: 'the account of the victim' },
      },
    ],
  },
]);

/** Spellings of `/static/a.css` that a server may take for it. */
const SPELLINGS: readonly (readonly [id: string, path: string])[] = [
  ['doubled-slash', '/static//a.css'],
  ['leading-slashes', '//static/a.css'],
  ['dot', '/static/./a.css'],
  ['dot-dot', '/x/../static/a.css'],
  ['encoded-dot-dot', '/x/%2e%2e/static/a.css'],
  ['encoded-slash', '/static%2Fa.css'],
  ['encoded-letter', '/static/%61.css'],
  ['encoded-case', '/static%2fa.css'],
  ['trailing-slash', '/static/a.css/'],
  ['trailing-dot', '/static/a.css.'],
  ['trailing-space', '/static/a.css%20'],
  ['nul', '/static/a.css%00'],
  ['semicolon', '/static/a.css;x'],
  ['backslash', String.raw`/static\a.css`],
  ['case', '/Static/a.css'],
  ['stream', '/static/a.css::$DATA'],
  ['question-mark', '/static/a.css?'],
];

const spellings = defineCases(
  SPELLINGS.map(([id, path]) => ({
    id: `deception-spelling-${id}`,
    title: `Another spelling of a path is another key, and goes on as it was written (${id})`,
    kind: 'check',
    spec: ['RFC 9111 §2', 'RFC 9110 §7.6'],
    steps: [
      {
        request: { path },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'what that server made of it' },
        expect: { from: 'origin', stored: true, upstream: { path } },
      },
      {
        request: { path: '/static/a.css' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          reasons: ['nothing-stored'],
          upstream: { path: '/static/a.css' },
        },
      },
      { request: { path }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  })),
);

/** What was made for one visitor is not stored for all because of how its path is written. */
export const deceptionCases = [...personal, ...spellings];
