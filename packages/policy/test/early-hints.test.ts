import { describe, expect, it } from 'vitest';

import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import {
  learntHints,
  rfc9111,
  StoredFields,
  type Candidate,
  type Decision,
  type Policy,
  type PresentedRequest,
  type StoredFacts,
} from '../src/index.ts';
import { presented } from './presented.ts';

const REQUEST: PresentedRequest = presented([], {
  siteId: 'shop',
  scheme: 'https',
  authority: 'www.test',
  receivedVersion: '2',
});

const STYLE = '</a.css>; rel=preload; as=style';

function stored(
  links: readonly string[],
  {
    status = 200,
    facts = {},
  }: { readonly status?: number; readonly facts?: Partial<StoredFacts> } = {},
): Candidate {
  const fields = StoredFields.fromLines(links.flatMap((link) => ['Link', link]));
  // No more of a response is read.
  const response = { status, fields, facts: { ...FRESH_FOR_A_MINUTE, ...facts } };
  return { response, softPurgedAtMs: undefined } as unknown as Candidate;
}

function revalidating(candidate: Candidate | undefined): Decision {
  const ask = { kind: 'validate', etags: ['"a"'], modifiedSince: null } as const;
  return {
    kind: 'revalidate',
    candidate,
    others: [stored(['</other.css>; rel=preload'])],
    offered: [],
    ask,
    collapsible: true,
    reasons: [],
  };
}

function fetching(fallback: Candidate | undefined, others: readonly Candidate[] = []): Decision {
  const ask = { kind: 'fill' } as const;
  return { kind: 'fetch', fallback, others, ask, collapsible: true, reasons: [] };
}

interface Told {
  readonly decision: Decision;
  readonly request?: Partial<PresentedRequest>;
  readonly policy?: Policy;
}

function hints({ decision, request = {}, policy = rfc9111 }: Told): readonly string[] | null {
  const head = learntHints({ request: { ...REQUEST, ...request }, decision, policy });
  if (head === null) return null;
  expect(head.status).toBe(103);
  return head.lines;
}

/** What is sent ahead of what these Link lines say. */
function fromLines(...links: readonly string[]): readonly string[] | null {
  return hints({ decision: revalidating(stored(links)) });
}

describe('a client in HTTP/2 hears the links of a stale response', () => {
  it('that is validated', () => {
    expect(fromLines(STYLE)).toEqual(['Link', STYLE]);
  });

  it('that is fetched anew, and may stand in', () => {
    const other = stored(['</b.css>; rel=preload']);
    expect(hints({ decision: fetching(stored([STYLE]), [other]) })).toEqual(['Link', STYLE]);
  });

  it('that is fetched anew, and may not stand in', () => {
    const others = [stored([STYLE]), stored(['</b.css>; rel=preload'])];
    expect(hints({ decision: fetching(undefined, others) })).toEqual(['Link', STYLE]);
  });
});

describe('it hears nothing', () => {
  const nothing: readonly (readonly [what: string, told: Told])[] = [
    ['where nothing is stored', { decision: fetching(undefined) }],
    ['where only other variants offer validators', { decision: revalidating(undefined) }],
    ['where the stored response has no Link', { decision: revalidating(stored([])) }],
    ['where that is an error', { decision: revalidating(stored([STYLE], { status: 404 })) }],
    [
      'where that always had to be asked about',
      { decision: revalidating(stored([STYLE], { facts: { alwaysValidate: true } })) },
    ],
    [
      'where that was made for somebody',
      { decision: revalidating(stored([STYLE], { facts: { isPersonal: true } })) },
    ],
    [
      'where that never had a lifetime',
      { decision: revalidating(stored([STYLE], { facts: { lifetimeSeconds: 0 } })) },
    ],
    [
      'in HTTP/1.1',
      { decision: revalidating(stored([STYLE])), request: { receivedVersion: '1.1' } },
    ],
    ['of a HEAD', { decision: revalidating(stored([STYLE])), request: { method: 'HEAD' } }],
    [
      'where the policy says so',
      {
        decision: revalidating(stored([STYLE])),
        policy: { ...rfc9111, downstream: { ...rfc9111.downstream, earlyHints: 'forwarded' } },
      },
    ],
    [
      'where it is answered at once',
      { decision: { kind: 'serve', outcome: 'hit', candidate: stored([STYLE]), reasons: [] } },
    ],
    [
      'where the request is passed on',
      { decision: { kind: 'pass', outcome: 'pass', reasons: [] } },
    ],
  ];
  it.each(nothing)('%s', (_what, told) => {
    expect(hints(told)).toBeNull();
  });
});

describe('of the links', () => {
  it.each(['preload', 'modulepreload', 'preconnect', '"preload"', 'PreLoad', '"next preload"'])(
    'those with rel=%s are sent',
    (relation) => {
      const link = `</a>; rel=${relation}`;
      expect(fromLines(link)).toEqual(['Link', link]);
    },
  );

  it.each([
    '</a>; rel=next',
    '</a>',
    '</a>; rel',
    '</a>; title="; rel=preload"',
    '</a>; rel=next; rel=preload',
    '</a>; rel=""; rel=preload',
    '</a>; xrel=preload',
    '</a>; rel="preloaded"',
    '</rel=preload>; rel=next',
    '</a;rel=preload;b>; rel=next',
    'rel=preload',
  ])('%s is not', (link) => {
    expect(fromLines(link)).toBeNull();
  });

  it('those with other parameters before it are sent', () => {
    const link = '</a>; title="a"; rel=preload';
    expect(fromLines(link)).toEqual(['Link', link]);
  });

  it('several of a line are told apart, and keep their order', () => {
    const line = `</a,b>; rel=preload; title="x, <y>; \\"z", <https://cdn.test>;rel = preconnect ,</next>; rel=next, ${STYLE}`;
    expect(fromLines('</first>; rel=preload', line)).toEqual([
      'Link',
      '</first>; rel=preload',
      'Link',
      '</a,b>; rel=preload; title="x, <y>; \\"z"',
      'Link',
      '<https://cdn.test>;rel = preconnect',
      'Link',
      STYLE,
    ]);
  });

  it('much that is none takes no time', () => {
    expect(fromLines(`${'<a>;"'.repeat(20_000)}${'<'.repeat(20_000)}`)).toBeNull();
  });
});
