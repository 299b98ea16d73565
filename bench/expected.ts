import type { Answer } from './exchange.ts';
import { bodyOf, etagOf, languageOf } from './origin/content.ts';
import type { ExpectedAnswer } from './scenarios/scenario.ts';
import { must } from './wrong-answer.ts';

export interface Expectation {
  readonly path: string;
  /** The oldest and the newest version that the answer may be of. */
  readonly oldest: number;
  readonly newest: number;
  readonly acceptLanguage: string;
  readonly answer: ExpectedAnswer;
}

/** Compares an answer, byte for byte, with what the origin says. Throws WrongAnswer. */
export function check(given: Answer, { path, answer, ...expectation }: Expectation): void {
  const { oldest, newest, acceptLanguage } = expectation;
  const versions = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index);
  const version = versions.find((one) => given.headers.etag === etagOf(one));
  must(version !== undefined, () => {
    const expected = versions.map(etagOf).join(' or ');
    return `${path}: ETag is ${given.headers.etag}, not ${expected} (status ${given.status})`;
  });
  const body = bodyOf(path, version ?? oldest, languageOf(acceptLanguage));
  const expected = partOf(body, answer);
  must(given.status === expected.status, () => `${path}: ${given.status}, not ${expected.status}`);
  must(given.body.equals(expected.body), () => {
    const start = JSON.stringify(given.body.toString('latin1', 0, 80));
    return `${path}: ${given.body.length} bytes that begin ${start} are not version ${version}`;
  });
}

/** How long each answer of a load is. */
export function answerBodyBytes(bodyBytes: number, answer: ExpectedAnswer): number {
  return partOf(Buffer.alloc(bodyBytes), answer).body.length;
}

function partOf(
  body: Buffer,
  answer: ExpectedAnswer,
): { readonly status: number; readonly body: Buffer } {
  switch (answer.kind) {
    case 'whole':
      return { status: 200, body };
    case 'not-modified':
      return { status: 304, body: Buffer.alloc(0) };
    case 'part':
      return { status: 206, body: body.subarray(answer.startByte, answer.endByte) };
    default:
      return answer satisfies never;
  }
}
