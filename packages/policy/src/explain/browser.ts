import { parseCacheControl } from '../fields/cache-control.ts';
import { parseHttpDate } from '../fields/http-date.ts';
import type { ResponsePlan } from '../contracts/response-plan.ts';
import { IncomingFields, type FieldReader } from '../headers.ts';
import type { BrowserView, DownstreamView } from './explanation.ts';
import type { AnswerView } from './treatment.ts';
import { fieldPairs } from './field-pairs.ts';
import { durationWords } from './lifetimes.ts';

/** Fields that say how long a response may be kept, and by whom. */
const TELLING = new Set([
  'cache-control',
  'expires',
  'pragma',
  'date',
  'age',
  'etag',
  'last-modified',
  'vary',
  'set-cookie',
  'cache-status',
]);

/** What the client is told by an answer, and what a browser makes of it. */
export function downstreamView(
  { status, lines }: ResponsePlan,
  targetedFields: readonly string[],
): DownstreamView {
  const fields = fieldPairs(lines).filter(([name]) => {
    const key = name.toLowerCase();
    return TELLING.has(key) || targetedFields.includes(key);
  });
  return { status, fields, browser: browserView(new IncomingFields(lines)) };
}

/** The whole head of an answer, and what a browser makes of it. */
export function answerView({ status, lines }: ResponsePlan): AnswerView {
  return { status, fields: fieldPairs(lines), browser: browserView(new IncomingFields(lines)) };
}

/** RFC 9111 as a private cache reads it: no s-maxage, and private is no hindrance. */
function browserView(fields: FieldReader): BrowserView {
  const directives = parseCacheControl(fields.lines('cache-control'));
  if (directives.noStore) {
    return { kind: 'not-kept', seconds: 0, text: 'not kept (no-store)' };
  }
  if (directives.noCache) {
    return { kind: 'validated', seconds: 0, text: 'kept, and asked about each time (no-cache)' };
  }
  const lifetime = lifetimeOf(fields, directives.maxAgeSeconds);
  if (lifetime === null) {
    return {
      kind: 'guessed',
      seconds: 0,
      text: 'no lifetime is given: browsers guess one, or ask each time',
    };
  }
  const seconds = Math.max(
    0,
    lifetime.seconds - Number(/^\d+$/.exec(fields.get('age') ?? '') ?? 0),
  );
  return seconds === 0
    ? { kind: 'validated', seconds, text: `kept, and asked about each time (${lifetime.source})` }
    : {
        kind: 'fresh',
        seconds,
        text: `kept for ${durationWords(seconds)} (${lifetime.source}), where no purge reaches it`,
      };
}

function lifetimeOf(
  fields: FieldReader,
  maxAgeSeconds: number | 'invalid' | null,
): { readonly seconds: number; readonly source: string } | null {
  if (maxAgeSeconds !== null) {
    return { seconds: maxAgeSeconds === 'invalid' ? 0 : maxAgeSeconds, source: 'max-age' };
  }
  const expires = fields.get('expires');
  if (expires === undefined) return null;
  const dateAtMs = parseHttpDate(fields.get('date') ?? '', 0);
  const expiresAtMs = parseHttpDate(expires, dateAtMs ?? 0);
  const seconds = expiresAtMs === null || dateAtMs === null ? 0 : (expiresAtMs - dateAtMs) / 1000;
  return { seconds: Math.max(0, seconds), source: 'Expires' };
}
