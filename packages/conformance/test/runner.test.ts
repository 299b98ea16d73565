import { describe, expect, test } from 'vitest';

import { collectCases, defineCases } from '../src/case.ts';
import type { Case, Step } from '../src/case.ts';
import { runPure } from '../src/pure-runner.ts';

const MINUTE = { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } };

function aCase(steps: readonly Step[], id = 'a-case'): Case {
  return { id, title: 'A case', kind: 'check', spec: ['Poplet'], steps };
}

const STORED: Step = { request: {}, origin: MINUTE, expect: { from: 'origin' } };

describe('a case that is wrong fails', () => {
  test('a hit where the origin should be asked', () => {
    const problems = runPure(aCase([STORED, { ...STORED }]));
    expect(problems).toContain('step 2: the origin was asked 0 time(s), not 1');
  });

  test('a question where a hit should be: the answer is POISON', () => {
    const problems = runPure(aCase([STORED, { at: 61, request: {}, expect: { from: 'cache' } }]));
    expect(problems).toContain(
      'step 2: the answer is POISON: POISON: no answer is scripted for this question (a-case, step 2)',
    );
  });

  test('a 304 without the validator that was issued is POISON', () => {
    const problems = runPure(
      aCase([
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'origin' },
        },
        { at: 61, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      ]),
    );
    expect(problems[0]).toMatch(/POISON: no validator of this origin came back/u);
  });

  test.each<[string, Partial<Extract<Step, { expect: unknown }>['expect']>, RegExp]>([
    ['status', { status: 201 }, /status is 200, not 201/u],
    ['body', { body: 'else' }, /body is "a-case, step 1, answer 1", not "else"/u],
    ['headers', { headers: { ETag: '"v2"' } }, /answer: ETag is "v1", not "v2"/u],
    ['missing header', { headers: { 'X-None': '1' } }, /answer: X-None is absent, not 1/u],
    ['absent', { absent: ['etag'] }, /answer: etag is "v1", not absent/u],
    ['outcome', { outcome: 'hit' }, /outcome is miss, not hit/u],
    ['reasons', { reasons: ['stale'] }, /reason stale is missing from nothing-stored, stored/u],
    ['notReasons', { notReasons: ['stored'] }, /reason stored is among/u],
    ['stored', { stored: false }, /it was stored/u],
    ['cacheStatus', { cacheStatus: { ttl: 59 } }, /Cache-Status: ttl is 60, not 59/u],
    ['cacheStatus null', { cacheStatus: { stored: null } }, /stored is true, not null/u],
    ['requests', { upstream: { requests: 2 } }, /asked 1 time\(s\), not 2/u],
    ['method', { upstream: { method: 'HEAD' } }, /upstream: method is GET, not HEAD/u],
    ['path', { upstream: { path: '/x' } }, /upstream: target is \/a-case\/, not \/a-case\/x/u],
    [
      'upstream headers',
      { upstream: { headers: { Via: 'x' } } },
      /upstream: Via is 1\.1 poplet, not x/u,
    ],
    ['upstream body', { upstream: { body: 'x' } }, /upstream: body is "", not "x"/u],
    ['second question', { upstreamAgain: { method: 'GET' } }, /second request: nothing was asked/u],
    ['cutOff', { cutOff: true }, /the body was not cut off/u],
    ['trailers', { trailers: { 'X-T': '1' } }, /trailer X-T is undefined, not 1/u],
    ['informational', { informational: [103] }, /interim responses are \[\], not \[103\]/u],
    ['parts', { parts: [] }, /the body is not multipart\/byteranges/u],
  ])('%s', (_, expected, problem) => {
    const problems = runPure(
      aCase([{ request: {}, origin: MINUTE, expect: { from: 'origin', ...expected } }]),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

describe('defineCases', () => {
  test.each<[string, Case, RegExp]>([
    ['a name in camel case', aCase([STORED], 'aCase'), /aCase: not kebab-case/u],
    ['no clause', { ...aCase([STORED]), spec: [] }, /a-case: cites no clause/u],
    [
      'time that runs backwards',
      aCase([
        { at: 5, ...STORED },
        { at: 4, ...STORED },
      ]),
      /step 2: time runs backwards/u,
    ],
    [
      'no answer to expect',
      aCase([{ request: {}, expect: { from: 'origin' } }]),
      /step 1: expects an answer/u,
    ],
    [
      'no status to expect',
      aCase([{ request: {}, expect: { from: 'edge' } }]),
      /step 1: expects no status/u,
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => defineCases([wrong])).toThrow(message);
  });
});

describe('collectCases', () => {
  const named = (id: string, ...dependsOn: string[]): Case => ({
    ...aCase([STORED], id),
    dependsOn,
  });

  test('puts dependencies first', () => {
    const cases = collectCases([[named('c', 'b'), named('a')], [named('b', 'a')]]);
    expect(cases.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, Case[], RegExp]>([
    ['two of one name', [named('a'), named('a')], /two cases are called a/u],
    ['an unknown dependency', [named('a', 'b')], /a depends on b, which is no case/u],
    ['a circle', [named('a', 'b'), named('b', 'a')], /a → b → a is a circle/u],
  ])('refuses %s', (_, cases, message) => {
    expect(() => collectCases([cases])).toThrow(message);
  });
});
