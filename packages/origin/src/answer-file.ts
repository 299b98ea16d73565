import type { FastifyRequest } from 'fastify';
import {
  type ByteSpan,
  formatContentRange,
  formatHttpDate,
  formatUnsatisfiedRange,
} from '@poplet/policy';
import { bytesOf, readByteRange } from './byte-range.ts';
import { defaultCacheControl, type CacheDefaults } from './cache-defaults.ts';
import { contentTypeOf } from './content-type.ts';
import type { HeadersDialect } from './dialect.ts';
import type { Hosting } from './hosting.ts';
import type { OpenFile } from './file-version.ts';
import type { FoundFile } from './locate.ts';
import { evaluateConditions, ifRangeHolds } from './preconditions.ts';
import type { Representation } from './representation.ts';
import { ResponseFields } from './response-fields.ts';
import { applyRules, type CompiledRule } from './route-rules.ts';
import type { Visit } from './routing.ts';

/** A file chosen for a request, and what the request reached it by. */
export interface FileAnswerInput {
  readonly request: FastifyRequest;
  readonly visit: Visit;
  readonly found: FoundFile;
  readonly representation: Representation;
  readonly file: OpenFile;
  /** 200, or what a page says that stands for something else: 404, mostly. */
  readonly status: number;
  /** Request fields by which this file was chosen over another. */
  readonly variesBy: readonly string[];
  readonly rules: readonly CompiledRule[];
  readonly dialect: HeadersDialect;
  readonly cacheDefaults: CacheDefaults;
  /** Fields that say that the file is the same for everybody; none where it may not be. */
  readonly assetLines: Hosting['assetLines'];
  readonly nowMs: number;
}

/** The head of an answer, and which bytes follow; none for HEAD, 304, 412, 416. */
export interface FileAnswer {
  readonly status: number;
  readonly fields: ResponseFields;
  readonly range: ByteSpan | null;
}

/**
 * Modification times before 1990 are set by tools (epoch 0, zip's 1980, npm's 1985), the same for every
 * build: as Last-Modified they would confirm a file that has changed.
 */
const FIRST_MEANT_MS = 631_152_000_000;

/** Decides what a request for a file gets (RFC 9110 §13.2.2, §14.2). */
export function answerFile(input: FileAnswerInput): FileAnswer {
  const { request, file, status } = input;
  const fields = representationFields(input);
  const { headers, method } = request;
  const isGet = method === 'GET';
  const whole: ByteSpan = { startByte: 0, endByte: file.sizeBytes };

  // RFC 9110 §13.2.1: conditions are for what would be a success.
  if (status !== 200) {
    fields.set('Content-Length', String(bytesOf(whole)));
    return { status, fields, range: isGet ? whole : null };
  }
  const validators = { etag: fields.get('etag'), lastModified: fields.get('last-modified') };
  const verdict = evaluateConditions(headers, validators);
  if (verdict === 'not-modified') return { status: 304, fields: notModified(fields), range: null };
  if (verdict === 'precondition-failed') return { status: 412, fields: refusal(), range: null };

  const { range: rangeField } = headers;
  const ifRange = headers['if-range']?.toString();
  // RFC 9110 §14.2: Range is defined for GET only, and evaluated after the conditions.
  if (isGet && rangeField !== undefined && ifRangeHolds(ifRange, validators, input.nowMs)) {
    const range = readByteRange(rangeField, file.sizeBytes);
    if (range === 'unsatisfiable') {
      const refused = refusal();
      refused.set('Content-Range', formatUnsatisfiedRange(file.sizeBytes));
      return { status: 416, fields: refused, range: null };
    }
    if (range !== null) {
      fields.set('Content-Range', formatContentRange({ ...range, completeBytes: file.sizeBytes }));
      fields.set('Content-Length', String(bytesOf(range)));
      return { status: 206, fields, range };
    }
  }
  fields.set('Content-Length', String(bytesOf(whole)));
  return { status: 200, fields, range: isGet ? whole : null };
}

function representationFields(input: FileAnswerInput): ResponseFields {
  const { found, representation, file, status, rules, dialect } = input;
  const { coding, hasSiblings } = representation;
  const fields = new ResponseFields();
  fields.set('Content-Type', contentTypeOf(found.name));
  const cacheControl = defaultCacheControl(found.name, input.cacheDefaults);
  if (cacheControl !== null) fields.set('Cache-Control', cacheControl);
  if (status === 200) {
    // RFC 9110 §8.8.3.3: codings of one file are different representations, with different tags.
    fields.set('ETag', coding === null ? `"${file.hash}"` : `"${file.hash}-${coding}"`);
    if (file.modifiedAtMs >= FIRST_MEANT_MS) {
      // RFC 9110 §8.8.2.1: never later than Date.
      fields.set('Last-Modified', formatHttpDate(Math.min(file.modifiedAtMs, input.nowMs)));
    }
    fields.set('Accept-Ranges', 'bytes');
  }
  applyRules(fields, { rules, dialect }, { visit: input.visit, keepsDefaults: status !== 200 });
  if (status === 200) for (const { name, value } of input.assetLines) fields.set(name, value);
  if (coding !== null) fields.set('Content-Encoding', coding);
  // RFC 9110 §12.5.5: on every representation the choice is made between, the plain one included.
  if (hasSiblings) fields.varyBy('Accept-Encoding');
  for (const name of input.variesBy) fields.varyBy(name);
  return fields;
}

// RFC 9110 §15.4.5: what guides the update of a cache stays; what describes the content goes.
function notModified(fields: ResponseFields): ResponseFields {
  fields.delete('Accept-Ranges', 'Content-Encoding', 'Content-Language', 'Content-Type');
  if (fields.get('etag') !== undefined) fields.delete('Last-Modified');
  return fields;
}

/** What a refusal says does not hold for the next request. */
function refusal(): ResponseFields {
  const fields = new ResponseFields();
  fields.set('Cache-Control', 'no-store');
  return fields;
}
