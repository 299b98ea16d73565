/**
 * What the scripted origin knows: the pure half of both the origin over sockets and the one in the
 * pure runner. It sends a 304 only for a validator that it issued itself, and POISON where the case
 * foresaw no question.
 */
import { IncomingFields } from '@poplet/policy';
import type { ContentCoding, FieldLines } from '@poplet/policy';

import type { ExchangeStep, OriginAnswer, OriginFault, PurgeScript, RawBytes } from './case.ts';
import { encoded } from './content-codings.ts';
import { linesOf } from './header-script.ts';
import { fillMacros, imfFixdate } from './macros.ts';
import type { MacroValues } from './macros.ts';
import type { UpstreamObservation } from './observation.ts';

/** A status that no case expects and no cache knows. */
export const POISON_STATUS = 555;

export interface OriginRequest {
  readonly method: string;
  readonly target: string;
  readonly lines: FieldLines;
  readonly body: string;
  /** Of the protocol: `1.1`. */
  readonly version: string;
}

export type PlannedAnswer =
  | { readonly kind: 'fault'; readonly fault: OriginFault }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly lines: FieldLines;
      readonly body: string;
      /** What the body is encoded with. Absent: nothing. */
      readonly coding?: ContentCoding | undefined;
      readonly delayMs: number;
      readonly cutOffAfterBytes: number | undefined;
      readonly trailers: FieldLines;
      readonly informational: readonly { readonly status: number; readonly lines: FieldLines }[];
      readonly purge: PurgeScript | undefined;
      /** Bytes to send in place of all that. */
      readonly raw: RawBytes | undefined;
    };

interface Issued {
  readonly target: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** The origin of one run of one case. */
export class CaseOrigin {
  readonly #caseId: string;
  readonly #values: MacroValues;
  readonly #issued: Issued[] = [];
  #stepNumber = 0;
  #answers: ExchangeStep['origin'];
  #seen: UpstreamObservation[] = [];

  constructor(caseId: string, values: MacroValues) {
    this.#caseId = caseId;
    this.#values = values;
  }

  /** A new step begins: questions are counted from here. */
  beginStep(stepNumber: number, answers: ExchangeStep['origin']): void {
    this.#stepNumber = stepNumber;
    this.#answers = answers;
    this.#seen = [];
  }

  get seen(): readonly UpstreamObservation[] {
    return this.#seen;
  }

  /** Whether the next question is to find nobody listening. */
  get refusesNext(): boolean {
    return this.#next()?.fault === 'refused';
  }

  ask(request: OriginRequest, nowMs: number): PlannedAnswer {
    const answerNumber = this.#seen.length + 1;
    const script = this.#next();
    const planned = this.#plan(request, script, { answerNumber, nowMs });
    const answeredStatus = planned.kind === 'fault' ? null : planned.status;
    this.#seen.push({ ...request, answeredStatus });
    return planned;
  }

  #next(): OriginAnswer | undefined {
    const answers = this.#answers;
    return isList(answers) ? answers[this.#seen.length] : answers;
  }

  #plan(
    request: OriginRequest,
    script: OriginAnswer | undefined,
    { answerNumber, nowMs }: { readonly answerNumber: number; readonly nowMs: number },
  ): PlannedAnswer {
    if (script === undefined) return this.#poison('no answer is scripted for this question');
    if (script.fault !== undefined) return { kind: 'fault', fault: script.fault };

    const status = script.status ?? 200;
    const lines = [...this.#fill(linesOf(script.headers), nowMs)];
    if (status === 304 && script.unasked304 === undefined) {
      const matched = this.#validatorMatched(request, new IncomingFields(lines).get('etag'));
      if (matched === undefined) return this.#poison('no validator of this origin came back');
      if (matched.etag !== undefined && !new IncomingFields(lines).has('etag')) {
        lines.push('ETag', matched.etag);
      }
    }
    if (script.dateless === undefined && !new IncomingFields(lines).has('date')) {
      lines.push('Date', imfFixdate(nowMs));
    }

    const mayHaveBody = status >= 200 && status !== 204 && status !== 304;
    const body = mayHaveBody
      ? (script.body ?? defaultBody(this.#caseId, this.#stepNumber, answerNumber))
      : '';
    if (
      mayHaveBody &&
      script.coding !== undefined &&
      !new IncomingFields(lines).has('content-encoding')
    )
      lines.push('Content-Encoding', script.coding);
    const isChunked = script.chunked !== undefined || script.trailers !== undefined;
    if (mayHaveBody && !isChunked && !new IncomingFields(lines).has('content-length')) {
      lines.push('Content-Length', String(encoded(body, script.coding).length));
    }
    if (mayHaveBody && isChunked) lines.push('Transfer-Encoding', 'chunked');

    const fields = new IncomingFields(lines);
    if (status !== 304) {
      this.#issued.push({
        target: request.target,
        etag: fields.get('etag'),
        lastModified: fields.get('last-modified'),
      });
    }
    return {
      kind: 'answer',
      status,
      lines,
      body: request.method === 'HEAD' ? '' : body,
      coding: script.coding,
      delayMs: script.delayMs ?? 0,
      cutOffAfterBytes: script.cutOffAfterBytes,
      trailers: this.#fill(linesOf(script.trailers), nowMs),
      informational: (script.informational ?? []).map((interim) => ({
        status: interim.status,
        lines: this.#fill(linesOf(interim.headers), nowMs),
      })),
      purge: script.purge,
      raw: this.#fillRaw(script.raw, nowMs),
    };
  }

  /** The newest response issued here that the request names by validator. */
  #validatorMatched(request: OriginRequest, etag: string | undefined): Issued | undefined {
    const fields = new IncomingFields(request.lines);
    const noneMatch = fields.get('if-none-match');
    return this.#issued.findLast((issued) => {
      if (issued.target !== request.target) return false;
      if (noneMatch !== undefined) {
        const isWanted = etag === undefined || issued.etag === etag;
        return (
          issued.etag !== undefined && isWanted && tagsOf(noneMatch).includes(opaque(issued.etag))
        );
      }
      // A cache that has an entity tag must ask with it (RFC 9111 §4.3.1).
      if (issued.etag !== undefined || issued.lastModified === undefined) return false;
      return fields.get('if-modified-since') === issued.lastModified;
    });
  }

  #fill(lines: FieldLines, nowMs: number): FieldLines {
    return lines.map((text, index) =>
      index % 2 === 0 ? text : fillMacros(text, this.#values, nowMs),
    );
  }

  #fillRaw(raw: RawBytes | undefined, nowMs: number): RawBytes | undefined {
    return raw && { ...raw, bytes: fillMacros(raw.bytes, this.#values, nowMs) };
  }

  #poison(why: string): PlannedAnswer {
    const body = `POISON: ${why} (${this.#caseId}, step ${this.#stepNumber})`;
    return {
      kind: 'answer',
      status: POISON_STATUS,
      lines: ['Cache-Control', 'no-store', 'Content-Length', String(body.length), 'X-Poison', why],
      body,
      delayMs: 0,
      cutOffAfterBytes: undefined,
      trailers: [],
      informational: [],
      purge: undefined,
      raw: undefined,
    };
  }
}

/** The bytes of an answer. */
export function contentOf({
  body,
  coding,
}: Pick<Extract<PlannedAnswer, { kind: 'answer' }>, 'body' | 'coding'>): Buffer {
  return body === '' ? Buffer.alloc(0) : encoded(body, coding);
}

/** Unlike any other body of any case. */
export function defaultBody(caseId: string, stepNumber: number, answerNumber: number): string {
  return `${caseId}, step ${stepNumber}, answer ${answerNumber}`;
}

export function isList(answers: ExchangeStep['origin']): answers is readonly OriginAnswer[] {
  return Array.isArray(answers);
}

function tagsOf(noneMatch: string): string[] {
  return [...noneMatch.matchAll(/(?:W\/)?("[^"]*")/gu)].map((match) => match[1] as string);
}

function opaque(etag: string): string {
  return etag.replace(/^W\//u, '');
}
