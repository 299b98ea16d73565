// Where as many bodies are being compressed as may be at once: no case can bring that about.

import { describe, expect, it } from 'vitest';

import { IncomingFields, planStored, planUpstream, rfc9111, StoredFields } from '../src/index.ts';
import type { ResponsePlan, StoredCoding, StoredResponse } from '../src/index.ts';
import { presented } from './presented.ts';

const LINES = ['Content-Type', 'text/css', 'Date', 'Sun, 22 Nov 2026 12:00:00 GMT'];

function requestFor(acceptEncoding: string) {
  return presented(['Accept-Encoding', acceptEncoding], {
    siteId: 'main',
    authority: 'example.com',
  });
}

interface Told {
  readonly wants: string;
  readonly isBusy?: boolean;
  readonly codings?: readonly StoredCoding[];
}

/** The answer from the store; what is not read of the response is left out. */
function fromStore({ wants, isBusy, codings = [] }: Told): ResponsePlan {
  const response = {
    status: 200,
    statusText: 'OK',
    fields: StoredFields.fromLines(LINES),
    part: null,
    codings,
    residentSinceMs: 0,
    facts: {
      isPersonal: false,
      etag: null,
      lastModifiedAtMs: null,
      isLastModifiedStrong: false,
      dateAtMs: 0,
      initialAgeMs: 0,
    },
  } as unknown as StoredResponse;
  return planStored({
    request: requestFor(wants),
    response,
    bodyBytes: 5000,
    nowMs: 0,
    policy: rfc9111,
    cacheStatus: 'x',
    ...(isBusy === undefined ? {} : { isBusy }),
  });
}

function fromUpstream({ wants, isBusy }: Told): ResponsePlan {
  return planUpstream({
    request: requestFor(wants),
    answer: { kind: 'upstream', status: 200, statusText: 'OK', lines: LINES, applyRequest: true },
    bodyBytes: 5000,
    isShared: true,
    policy: rfc9111,
    cacheStatus: 'x',
    ...(isBusy === undefined ? {} : { isBusy }),
  });
}

function told({ lines, conversion, reasons }: ResponsePlan): readonly unknown[] {
  const fields = new IncomingFields(lines);
  return [conversion?.to, fields.get('vary'), reasons.map(({ code }) => code)];
}

const BR = { coding: 'br', bodyBytes: 900 } as const;

describe.each([
  ['stored', fromStore],
  ['on its way', fromUpstream],
])('a body that is %s', (_, planned) => {
  it('goes out as it is, and Vary says that it need not', () => {
    const plan = planned({ wants: 'br', isBusy: true });
    expect(told(plan)).toEqual([undefined, 'Accept-Encoding', ['not-coded-busy']]);
  });

  it('is compressed all the same for who accepts it in no other way', () => {
    const plan = planned({ wants: 'br, identity;q=0', isBusy: true });
    expect(told(plan)).toEqual(['br', 'Accept-Encoding', ['coded-on-the-way']]);
  });

  it('says nothing of it to who wants no coding', () => {
    const plan = planned({ wants: 'identity', isBusy: true });
    expect(told(plan)).toEqual([undefined, 'Accept-Encoding', []]);
  });

  it.each([undefined, false])('is compressed where there is room (%s)', (isBusy) => {
    const plan = planned({ wants: 'br', ...(isBusy === undefined ? {} : { isBusy }) });
    expect(told(plan)).toEqual(['br', 'Accept-Encoding', ['coded-on-the-way']]);
  });
});

it('a coding that is stored costs nothing', () => {
  const plan = fromStore({ wants: 'br', isBusy: true, codings: [BR] });
  expect(told(plan)).toEqual(['br', 'Accept-Encoding', ['coded-as-stored']]);
});
