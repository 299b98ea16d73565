/**
 * Whose answer reaches whom. Three clients ask for one URL by GET, HEAD and POST; an origin makes a body
 * for each of them, and compares validators that may be the same for different clients. Whatever the
 * history, nobody is handed what was made for somebody else, was withdrawn or changed by a POST, or
 * belongs to another variant.
 */
import { PureRun } from '@poplet/conformance';
import type {
  Observation,
  OriginRequest,
  PlannedAnswer,
  PureOrigin,
  UpstreamObservation,
} from '@poplet/conformance';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { IncomingFields, formatHttpDate } from '../src/index.ts';
import type { FieldLines } from '../src/index.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 2000), seed: SEED };

const NAMES = ['ada', 'bob', 'eve'] as const;

// ── what is drawn ──────────────────────────────────────────────────────────────────────────────

interface Metadata {
  readonly cacheControl: string | undefined;
  readonly vary: string | undefined;
  readonly setsCookie: boolean;
}

interface Ask {
  readonly kind: 'ask';
  readonly after: number;
  readonly client: number;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** What the Content-Location of a full answer names. */
  readonly contentLocation: 'target' | 'other' | undefined;
  readonly xKind: string | undefined;
  readonly xColour: string | undefined;
  readonly directives: string | undefined;
  readonly ifMatch: boolean;
  /** Whether the origin has something new for this request. */
  readonly changed: boolean;
  readonly etag: string | undefined;
  readonly dated: boolean;
  readonly full: Metadata;
  readonly notModified: Metadata & { readonly says: 'etag' | 'last-modified' | 'nothing' };
  /** How the first and the second question of this step fare. */
  readonly fates: readonly ['well' | 'error' | 'fault', 'well' | 'error' | 'fault'];
}

interface Purge {
  readonly kind: 'purge';
  readonly soft: boolean;
}

type Step = Ask | Purge;
type Credentials = 'cookie' | 'authorization' | 'both' | 'none';

interface Story {
  /** Whether a HEAD that misses is asked as GET, or as it is. */
  readonly headAsGet: boolean;
  readonly credentials: readonly Credentials[];
  readonly steps: readonly Step[];
}

const seldom = fc.nat(7).map((drawn) => drawn === 0);

const cacheControl = fc.constantFrom(
  undefined,
  undefined,
  'max-age=60',
  'max-age=0',
  'public',
  'public, max-age=60',
  'public, no-cache',
  's-maxage=60',
  's-maxage=abc',
  'must-revalidate',
  'max-age=60, must-revalidate',
  'no-cache',
  'private',
  'private, max-age=60',
  'no-store',
  'max-age=60, stale-while-revalidate=60',
  'max-age=60, stale-if-error=600',
  'public, max-age=10, stale-while-revalidate=600',
);

const metadata = {
  cacheControl,
  vary: fc.constantFrom(undefined, undefined, 'X-Kind', 'X-Colour', 'X-Kind, X-Colour', 'Cookie'),
  setsCookie: seldom,
};

const fate = fc.constantFrom<'well' | 'error' | 'fault'>(
  'well',
  'well',
  'well',
  'well',
  'error',
  'fault',
);

const ask: fc.Arbitrary<Ask> = fc.record({
  kind: fc.constant('ask'),
  after: fc.constantFrom(0, 1, 5, 30, 61, 100),
  client: fc.nat(2),
  method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'HEAD', 'POST'),
  contentLocation: fc.constantFrom(undefined, 'target', 'target', 'other'),
  xKind: fc.constantFrom(undefined, 'a', 'a', 'b'),
  xColour: fc.constantFrom(undefined, undefined, 'red'),
  directives: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    'no-cache',
    'max-stale',
    'stale-if-error=600',
    'no-store',
    'max-age=0',
    'only-if-cached',
  ),
  ifMatch: seldom,
  changed: fc.nat(2).map((drawn) => drawn === 0),
  etag: fc.constantFrom(undefined, '"v1"', '"v1"', 'W/"v1"', 'W/"v1"', '"v2"', 'W/"v2"'),
  dated: fc.boolean(),
  full: fc.record(metadata),
  notModified: fc.record({
    ...metadata,
    says: fc.constantFrom('etag', 'etag', 'etag', 'last-modified', 'nothing'),
  }),
  fates: fc.tuple(fate, fate),
});

const purge: fc.Arbitrary<Purge> = fc.record({ kind: fc.constant('purge'), soft: fc.boolean() });

const story: fc.Arbitrary<Story> = fc.record({
  headAsGet: fc.boolean(),
  credentials: fc.tuple(
    fc.constantFrom<Credentials>('cookie', 'authorization', 'both'),
    fc.constantFrom<Credentials>('cookie', 'authorization', 'both', 'none'),
    fc.constantFrom<Credentials>('cookie', 'authorization', 'none', 'none'),
  ),
  steps: fc.array(fc.oneof({ weight: 12, arbitrary: ask }, { weight: 1, arbitrary: purge }), {
    minLength: 5,
    maxLength: 12,
  }),
});

// ── the origin ─────────────────────────────────────────────────────────────────────────────────

/** Which client a request shows itself to come from. */
function whose(fields: IncomingFields): string {
  const shown = `${fields.get('cookie') ?? ''} ${fields.get('authorization') ?? ''}`;
  return NAMES.find((name) => shown.includes(name)) ?? 'nobody';
}

interface Representation {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** One body that went over the wire. */
interface Issued {
  readonly body: string;
  readonly order: number;
  readonly step: number;
  /** The step in which the origin last said that it is current: by sending it, or by a 304. */
  currentAsOf: number;
  readonly madeFor: string;
  readonly hadAuthorization: boolean;
  /** The origin server said that it is for everybody. */
  isShared: boolean;
  /** RFC 9110 §9.3.3: a GET brought it, or it stands for the target of a POST, with a lifetime. */
  readonly isReusable: boolean;
  readonly etag: string | undefined;
  /** It, or the request that brought it, said that it must not be stored. */
  forbidden: boolean;
  /** Names of the Vary last seen on it, and of what a refresh may have made of it. */
  varies: readonly (readonly string[])[];
  /** Requests for which the origin gave or confirmed it. */
  readonly owners: IncomingFields[];
}

/** One 304 of this step. */
interface Confirmation {
  readonly request: IncomingFields;
  readonly representation: Representation;
  readonly saysEtag: boolean;
  readonly forbids: boolean;
  readonly vary: string | undefined;
}

const LAST_MODIFIED = 'Sat, 21 Nov 2026 12:00:00 GMT';

class Origin implements PureOrigin {
  readonly issued: Issued[] = [];
  confirmations: Confirmation[] = [];
  #seen: UpstreamObservation[] = [];
  #step = 0;
  #ask!: Ask;
  readonly #representations = new Map<string, Representation>();

  beginStep(stepNumber: number): void {
    this.#step = stepNumber;
    this.#seen = [];
    this.confirmations = [];
  }

  play(asked: Ask): void {
    this.#ask = asked;
  }

  get seen(): readonly UpstreamObservation[] {
    return this.#seen;
  }

  get refusesNext(): boolean {
    return false;
  }

  ask(request: OriginRequest, nowMs: number): PlannedAnswer {
    const answer = this.#answer(request, nowMs);
    const answeredStatus = answer.kind === 'fault' ? null : answer.status;
    this.#seen.push({ ...request, answeredStatus });
    return answer;
  }

  #answer(request: OriginRequest, nowMs: number): PlannedAnswer {
    const fields = new IncomingFields(request.lines);
    const asked = this.#ask;
    const fared = asked.fates[this.#seen.length === 0 ? 0 : 1];
    if (fared === 'fault') return { kind: 'fault', fault: 'timeout' };
    const date = ['Date', formatHttpDate(nowMs)];
    if (fared === 'error') return written(503, date, 'in trouble');

    const { method } = request;
    const client = whose(fields);
    const place = [client, ...['x-kind', 'x-colour'].map((name) => fields.get(name))].join('|');
    const isChanged = method === 'POST' || (asked.changed && this.#seen.length === 0);
    const known = isChanged ? undefined : this.#representations.get(place);
    const representation = known ?? {
      etag: asked.etag,
      lastModified: asked.dated ? LAST_MODIFIED : undefined,
    };
    this.#representations.set(place, representation);
    if (isCurrent(representation, fields)) {
      return this.#notModified({ fields, representation, client, date });
    }
    const lines = [...date, ...linesOf(asked.full, client)];
    if (representation.etag !== undefined) lines.push('ETag', representation.etag);
    if (representation.lastModified !== undefined)
      lines.push('Last-Modified', representation.lastModified);
    const order = this.issued.length + 1;
    const body = `for ${client}, ${order}`;
    const directives = `${asked.full.cacheControl ?? ''} ${fields.get('cache-control') ?? ''}`;
    if (method === 'HEAD') return this.#head({ fields, representation, lines, body });
    const answered = new IncomingFields(lines);
    const { contentLocation } = asked;
    if (contentLocation !== undefined)
      lines.push('Content-Location', contentLocation === 'target' ? '/leaks/' : '/elsewhere');
    lines.push('X-Body', String(order));
    this.issued.push({
      body,
      order,
      step: this.#step,
      currentAsOf: this.#step,
      madeFor: client,
      hadAuthorization: fields.has('authorization'),
      isShared: isForEverybody(answered),
      isReusable:
        method === 'GET' ||
        (contentLocation === 'target' && /max-?age=\d/u.test(asked.full.cacheControl ?? '')),
      etag: representation.etag,
      forbidden: /no-store|private/u.test(directives),
      varies: [varyNames(asked.full.vary)],
      owners: [fields],
    });
    return written(200, lines, body);
  }

  /** As a GET would have been answered, without its body; what it says may become part of what is stored. */
  #head({
    fields,
    representation,
    lines,
    body,
  }: {
    readonly fields: IncomingFields;
    readonly representation: Representation;
    readonly lines: readonly string[];
    readonly body: string;
  }): PlannedAnswer {
    const { full, dated } = this.#ask;
    const answered = new IncomingFields(lines);
    const isOpen = !fields.has('authorization') || isOpenToAuthorization(answered);
    const isStorable = isOpen && !(fields.get('cache-control') ?? '').includes('no-store');
    for (const issued of this.issued) {
      if (representation.etag !== undefined && representation.etag !== issued.etag) continue;
      issued.owners.push(fields);
      issued.varies = [...issued.varies, varyNames(full.vary)];
      // Only a strong tag says that it is this very body.
      const isStrong = representation.etag !== undefined && !representation.etag.startsWith('W/');
      if (isStrong && isForEverybody(answered)) issued.isShared = true;
    }
    const marked = [...lines, 'X-Head', isStorable ? 'open' : 'closed'];
    const length = dated ? ['Content-Length', String(body.length)] : [];
    return written(200, [...marked, ...length], '');
  }

  #notModified({
    fields,
    representation,
    client,
    date,
  }: {
    readonly fields: IncomingFields;
    readonly representation: Representation;
    readonly client: string;
    readonly date: readonly string[];
  }): PlannedAnswer {
    const { notModified } = this.#ask;
    const { etag, lastModified } = representation;
    const lines = [...date, ...linesOf(notModified, client)];
    const saysEtag = notModified.says === 'etag' && etag !== undefined;
    if (saysEtag) lines.push('ETag', etag);
    if (notModified.says === 'last-modified' && lastModified !== undefined)
      lines.push('Last-Modified', lastModified);
    const forbids = /no-store|private/u.test(notModified.cacheControl ?? '');
    if (etag !== undefined && !etag.startsWith('W/') && isForEverybody(new IncomingFields(lines)))
      for (const issued of this.issued) if (issued.etag === etag) issued.isShared = true;
    this.confirmations.push({
      request: fields,
      representation,
      saysEtag,
      forbids,
      vary: notModified.vary,
    });
    return written(304, lines, '');
  }
}

function isCurrent({ etag, lastModified }: Representation, fields: IncomingFields): boolean {
  const noneMatch = fields.get('if-none-match');
  if (noneMatch !== undefined) {
    const tag = opaque(etag);
    return tag !== undefined && noneMatch.includes(tag);
  }
  return lastModified !== undefined && fields.get('if-modified-since') === lastModified;
}

function linesOf(
  { cacheControl: directives, vary, setsCookie }: Metadata,
  client: string,
): string[] {
  const lines: string[] = [];
  if (directives !== undefined) lines.push('Cache-Control', directives);
  if (vary !== undefined) lines.push('Vary', vary);
  if (setsCookie) lines.push('Set-Cookie', `for=${client}`);
  return lines;
}

function varyNames(vary: string | undefined): readonly string[] {
  return (vary ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function written(status: number, lines: FieldLines, body: string): PlannedAnswer {
  const length = body === '' ? [] : ['Content-Length', String(body.length)];
  return {
    kind: 'answer',
    status,
    lines: [...lines, ...length],
    body,
    delayMs: 0,
    cutOffAfterBytes: undefined,
    trailers: [],
    informational: [],
    purge: undefined,
    raw: undefined,
  };
}

// ── the rules ──────────────────────────────────────────────────────────────────────────────────

/** An explicit positive lifetime, or public (RFC 9111 §5.2.2.9). */
function isForEverybody(answer: IncomingFields): boolean {
  const directives = answer.get('cache-control') ?? '';
  if (directives.includes('public')) return true;
  const shared = /s-maxage=(\S+)/u.exec(directives)?.[1];
  return Number.parseInt(shared ?? /max-age=(\d+)/u.exec(directives)?.[1] ?? '0', 10) > 0;
}

/** RFC 9111 §3.5 */
function isOpenToAuthorization(answer: IncomingFields): boolean {
  return /public|must-revalidate|s-maxage=\d/u.test(answer.get('cache-control') ?? '');
}

function agree(one: IncomingFields, other: IncomingFields, names: readonly string[]): boolean {
  return names.every((name) => one.get(name) === other.get(name));
}

/** Plays the story; returns the first rule that was broken, in words. */
function brokenRule({ headAsGet, credentials, steps }: Story): string | undefined {
  const origin = new Origin();
  const run = new PureRun({ id: 'leaks', policy: { fill: { headAsGet } } }, { origin });
  /** Per client and its nominated fields: the step of the last full response that took the place of all before. */
  let purgedBefore = 0;
  let at = 0;

  for (const [index, step] of steps.entries()) {
    if (step.kind === 'purge') {
      run.purge({ everything: true, ...(step.soft ? { soft: true } : {}) });
      if (!step.soft) purgedBefore = origin.issued.length;
      continue;
    }
    at += step.after;
    run.moveTo(at);
    origin.play(step);
    const stepNumber = index + 1;
    const name = NAMES[step.client] as string;
    const lines = requestLines(step, name, credentials[step.client] as Credentials);
    const seen = run.exchange(stepNumber, {
      request: { method: step.method, headers: pairsOf(lines) },
      expect: { from: 'origin' },
    });
    // RFC 9111 §4.4: what was before the answer to an unsafe method is invalid after it.
    if (step.method === 'POST' && seen.status === 200) purgedBefore = origin.issued.length - 1;
    const given = givenBody(origin.issued, seen, step.method);
    if (seen.status !== 200 || given === undefined) continue;

    const request = new IncomingFields(lines);
    const client = whose(request);
    const place = `step ${stepNumber}: "${given.body}" for ${client} (${seen.reasons.join(', ')})`;
    const answer = new IncomingFields(seen.lines);
    if (step.method === 'POST' && given.step !== stepNumber) return `${place}: to a POST`;
    if (answer.get('x-head') === 'closed')
      return `${place}: with fields of a HEAD that may not be kept`;
    const cookie = answer.get('set-cookie');
    const isForeignCookie = cookie !== undefined && cookie !== `for=${client}`;
    if (given.step === stepNumber && seen.outcome !== 'updating') {
      if (given.madeFor !== client) return `${place}: the origin’s own answer to somebody else`;
      continue;
    }
    const broken = brokenByReuse({ given, origin, seen, request, client, answer });
    if (broken !== undefined) return `${place}: ${broken}`;
    if (isForeignCookie && !cookie.includes('nobody') && !isForEverybody(answer))
      return `${place}: with the cookie ${cookie}`;
    if (given.order <= purgedBefore) return `${place}: purged`;
    noteConfirmations(given, {
      confirmations: origin.confirmations,
      answer,
      stepNumber,
      isRefreshed: seen.outcome === 'updating',
    });
  }
  return undefined;
}

/** The body that was given; what a HEAD is answered from says which it would have been. */
function givenBody(
  issued: readonly Issued[],
  { body: text, lines }: Observation,
  method: Ask['method'],
): Issued | undefined {
  if (method !== 'HEAD') return issued.find(({ body }) => body === text);
  const order = new IncomingFields(lines).get('x-body');
  return issued.find((one) => String(one.order) === order);
}

function brokenByReuse({
  given,
  origin,
  seen,
  request,
  client,
  answer,
}: {
  readonly given: Issued;
  readonly origin: Origin;
  readonly seen: Observation;
  readonly request: IncomingFields;
  readonly client: string;
  readonly answer: IncomingFields;
}): string | undefined {
  const { confirmations } = origin;
  const isConfirmed = isStronglyConfirmed(given, confirmations);
  // (a)
  const isSomebodyElses = given.madeFor !== client && given.madeFor !== 'nobody';
  if (isSomebodyElses && !isForEverybody(answer) && !isConfirmed) return 'made for somebody else';
  if (isSomebodyElses && !given.isShared && !isConfirmed)
    return 'made for somebody else, and never said to be for all';
  if (!given.isReusable) return 'brought by a POST, and not for reuse';
  // (b)
  if (given.forbidden) return 'said no-store or private';
  const isWithdrawn = confirmations.some(
    (one) => one.forbids && one.saysEtag && one.representation.etag === answer.get('etag'),
  );
  if (isWithdrawn && seen.outcome !== 'updating') return 'withdrawn by the 304 of this very step';
  // (c)
  if (given.hadAuthorization && !isOpenToAuthorization(answer))
    return 'fetched with Authorization, and not open to others';
  // (d)
  const names = varyNames(answer.get('vary'));
  const isTheirs = given.owners.some((owner) =>
    [names, ...given.varies].some((nominated) => agree(owner, request, nominated)),
  );
  return isTheirs || isConfirmed ? undefined : 'of another variant';
}

/** A strong tag of this body is what the origin has for this very request, and said so. */
function isStronglyConfirmed(given: Issued, confirmations: readonly Confirmation[]): boolean {
  return confirmations.some(
    ({ representation: { etag } }) =>
      etag !== undefined && !etag.startsWith('W/') && etag === given.etag,
  );
}

function noteConfirmations(
  given: Issued,
  {
    confirmations,
    answer,
    stepNumber,
    isRefreshed,
  }: {
    readonly confirmations: readonly Confirmation[];
    readonly answer: IncomingFields;
    readonly stepNumber: number;
    readonly isRefreshed: boolean;
  },
): void {
  // A refresh ends after the answer was given: what that 304 said is not in the answer.
  given.varies = [varyNames(answer.get('vary'))];
  for (const { request, representation, vary } of confirmations) {
    given.owners.push(request);
    if (isRefreshed && vary !== undefined) given.varies = [...given.varies, varyNames(vary)];
    if (opaque(representation.etag) === opaque(given.etag)) given.currentAsOf = stepNumber;
  }
}

function opaque(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//u, '');
}

function requestLines(step: Ask, name: string, credentials: Credentials): string[] {
  const lines: string[] = [];
  if (credentials === 'cookie' || credentials === 'both') lines.push('Cookie', `sid=${name}`);
  if (credentials === 'authorization' || credentials === 'both')
    lines.push('Authorization', `Bearer ${name}`);
  if (step.xKind !== undefined) lines.push('X-Kind', step.xKind);
  if (step.xColour !== undefined) lines.push('X-Colour', step.xColour);
  if (step.directives !== undefined) lines.push('Cache-Control', step.directives);
  if (step.ifMatch) lines.push('If-Match', '"v1"');
  return lines;
}

function pairsOf(lines: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < lines.length; index += 2)
    pairs.push([lines[index] as string, lines[index + 1] as string]);
  return pairs;
}

describe(`whose answer reaches whom (seed ${SEED})`, () => {
  test(
    `no rule is broken in ${RUNS.numRuns} stories`,
    { timeout: 60_000 + RUNS.numRuns * 5 },
    () => {
      fc.assert(
        fc.property(story, (told) => {
          expect(brokenRule(told)).toBeUndefined();
        }),
        RUNS,
      );
    },
  );
});
