import { IncomingFields } from '@poplet/policy';
import type { FieldLines } from '@poplet/policy';
import { parseList } from 'structured-headers';

import { isExchange, methodOf } from './case.ts';
import type { Case, ExchangeStep, Expectation, OriginAnswer, UpstreamExpectation } from './case.ts';
import { decoded } from './content-codings.ts';
import { cacheStatusProblems } from './check-cache-status.ts';
import { POISON_STATUS, defaultBody, isList } from './case-origin.ts';
import { fillMacros } from './macros.ts';
import type { MacroValues } from './macros.ts';
import { multipartParts } from './multipart.ts';
import type { Observation, UpstreamObservation } from './observation.ts';

export interface StepPlace {
  readonly case: Case;
  /** From 1. */
  readonly stepNumber: number;
  readonly step: ExchangeStep;
  readonly values: MacroValues;
}

/** Everything in which the observation differs from what the step expects, one line each. */
export function checkStep(place: StepPlace, seen: Observation): string[] {
  return [
    ...checkAnswer(place, seen),
    ...checkFields('answer', place, seen.lines, place.step.expect),
    ...checkConnection(place.step.expect, seen),
    ...checkInformational(place, seen),
    ...checkParts(place.step.expect, seen),
    ...checkVerdict(place.step.expect, seen),
    ...checkCacheStatus(place, seen.lines),
    ...cacheStatusProblems(seen),
    ...seen.unfilled.map((value) => `a reason does not say ${value}`),
    ...checkUpstream(place, seen.upstream),
  ];
}

function checkAnswer(
  { case: { id, steps }, stepNumber, step }: StepPlace,
  seen: Observation,
): string[] {
  const { expect } = step;
  const problems: string[] = [];
  if (seen.status === POISON_STATUS) return [`the answer is POISON: ${seen.body}`];

  const served = servedAnswer({ steps, stepNumber, step, id }, seen);
  const status = expect.status ?? served?.status ?? 200;
  if (seen.status !== status)
    problems.push(`status is ${seen.status}, not ${status} (${seen.body})`);

  const hasNoBody = methodOf(step.request) === 'HEAD' || seen.status === 304 || seen.status === 204;
  const body =
    expect.body ?? (hasNoBody ? '' : seen.status === served?.status ? served.body : undefined);
  const given = givenBody(expect, seen);
  problems.push(...checkCoding(expect, seen));
  if (body !== undefined && !expect.cutOff && !matches(given, body)) {
    problems.push(`body is ${JSON.stringify(given)}, not ${JSON.stringify(String(body))}`);
  }
  if (seen.cutOff !== (expect.cutOff ?? false)) {
    problems.push(seen.cutOff ? 'the body was cut off' : 'the body was not cut off');
  }
  for (const [name, value] of Object.entries(expect.trailers ?? {})) {
    const got = new IncomingFields(seen.trailers).get(name.toLowerCase());
    if (got !== (value ?? undefined)) problems.push(`trailer ${name} is ${got}, not ${value}`);
  }
  problems.push(...checkLength(step, seen));
  return problems;
}

function checkCoding({ coding }: Expectation, { lines, status }: Observation): string[] {
  if (coding === undefined) return [];
  const written = new IncomingFields(lines).get('content-encoding') ?? 'identity';
  // RFC 9110 §15.4.5: a 304 does not say.
  const expected = status === 304 ? 'identity' : coding;
  return written === expected ? [] : [`the coding is ${written}, not ${expected}`];
}

/** The body of an answer, decoded where the step says what its coding is. */
function givenBody({ coding }: Expectation, { body, content }: Observation): string {
  if (coding === undefined || content.length === 0) return body;
  try {
    return decoded(content, coding).toString('utf8');
  } catch (error) {
    return `(not in ${coding}: ${String(error)})`;
  }
}

function checkInformational(place: StepPlace, { informational: seen }: Observation): string[] {
  const { informational } = place.step.expect;
  if (informational === undefined) return [];
  const wanted = informational.map((one) => (typeof one === 'number' ? { status: one } : one));
  const statuses = seen.map(({ status }) => status).join(', ');
  const wantedStatuses = wanted.map(({ status }) => status).join(', ');
  if (statuses !== wantedStatuses)
    return [`interim responses are [${statuses}], not [${wantedStatuses}]`];
  return wanted.flatMap((one, index) =>
    checkFields(`interim ${one.status}`, place, seen[index]?.lines ?? [], one),
  );
}

/** RFC 9110 §8.6: Content-Length is the length of the content that is sent. */
function checkLength({ request }: ExchangeStep, seen: Observation): string[] {
  const said = new IncomingFields(seen.lines).get('content-length');
  const isOfNothing = methodOf(request) === 'HEAD' || seen.status === 304;
  if (said === undefined || isOfNothing || seen.cutOff) return [];
  const bytes = seen.content.length;
  return Number(said) === bytes ? [] : [`Content-Length is ${said}, the body has ${bytes} bytes`];
}

/** Status and body of the origin's answer that is to be served. */
function servedAnswer(
  {
    steps,
    stepNumber,
    step,
    id,
  }: {
    readonly steps: Case['steps'];
    readonly stepNumber: number;
    readonly step: ExchangeStep;
    readonly id: string;
  },
  seen: Observation,
): { readonly status: number; readonly body: string } | undefined {
  const { from } = step.expect;
  if (from === 'edge') return undefined;
  const number =
    from === 'origin'
      ? stepNumber
      : (step.expect.bodyOfStep ?? latestFromOrigin(steps, stepNumber));
  const servedStep = steps[number - 1];
  if (servedStep === undefined || !isExchange(servedStep)) {
    throw new Error(`${id}, step ${stepNumber}: no earlier step was answered by the origin`);
  }
  const asked =
    from === 'origin' ? seen.upstream.length : (servedStep.expect.upstream?.requests ?? 1);
  const answers = servedStep.origin;
  const answerNumber = isList(answers) ? Math.min(asked, answers.length) : Math.max(asked, 1);
  const answer: OriginAnswer | undefined = isList(answers) ? answers[answerNumber - 1] : answers;
  return {
    status: answer?.status ?? 200,
    body: answer?.body ?? defaultBody(id, number, answerNumber),
  };
}

function latestFromOrigin(steps: Case['steps'], before: number): number {
  return (
    1 +
    steps.findLastIndex(
      (step, index) => index < before - 1 && isExchange(step) && step.expect.from === 'origin',
    )
  );
}

function checkFields(
  whose: string,
  { values }: StepPlace,
  lines: FieldLines,
  { headers = {}, absent = [] }: Pick<Expectation, 'headers' | 'absent'>,
): string[] {
  const fields = new IncomingFields(lines);
  const problems: string[] = [];
  for (const [name, expected] of Object.entries(headers)) {
    const value = fields.get(name.toLowerCase());
    const wanted =
      typeof expected === 'string' ? fillMacros(expected, values, Number.NaN) : expected;
    if (value === undefined || !matches(value, wanted)) {
      problems.push(`${whose}: ${name} is ${value ?? 'absent'}, not ${String(wanted)}`);
    }
  }
  for (const name of absent) {
    const value = fields.get(name.toLowerCase());
    if (value !== undefined) problems.push(`${whose}: ${name} is ${value}, not absent`);
  }
  return problems;
}

function checkConnection({ followedBy, closes }: Expectation, seen: Observation): string[] {
  const problems: string[] = [];
  const further = (seen.followedBy ?? []).join(', ');
  const wanted = (followedBy ?? []).join(', ');
  if (further !== wanted) problems.push(`[${further}] follow the first answer, not [${wanted}]`);
  if (closes && !seen.isClosed) problems.push('the edge left the connection open');
  return problems;
}

function checkParts({ parts }: Expectation, seen: Observation): string[] {
  if (parts === undefined) return [];
  const type = new IncomingFields(seen.lines).get('content-type') ?? '';
  const found = multipartParts(type, seen.body);
  if (found === undefined)
    return [`the body is not multipart/byteranges but ${type}: ${seen.body}`];
  const wanted = parts.map(({ range, type: partType, body }) => ({ range, type: partType, body }));
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`parts are ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`];
}

function checkVerdict(expect: Expectation, seen: Observation): string[] {
  const problems: string[] = [];
  if (expect.outcome !== undefined && seen.outcome !== expect.outcome) {
    problems.push(`outcome is ${seen.outcome}, not ${expect.outcome} (${seen.reasons.join(', ')})`);
  }
  for (const code of expect.reasons ?? []) {
    if (!seen.reasons.includes(code)) {
      problems.push(`reason ${code} is missing from ${seen.reasons.join(', ')}`);
    }
  }
  for (const code of expect.notReasons ?? []) {
    if (seen.reasons.includes(code))
      problems.push(`reason ${code} is among ${seen.reasons.join(', ')}`);
  }
  for (const words of expect.words ?? []) {
    if (!seen.words.some((sentence) => words.test(sentence))) {
      problems.push(`no reason reads ${words}: ${seen.words.join(' · ')}`);
    }
  }
  if (expect.stored !== undefined && seen.stored !== expect.stored) {
    problems.push(`it was ${seen.stored ? '' : 'not '}stored (${seen.reasons.join(', ')})`);
  }
  return problems;
}

function checkCacheStatus({ step, values }: StepPlace, lines: FieldLines): string[] {
  const { cacheStatus } = step.expect;
  if (cacheStatus === undefined) return [];
  const value = new IncomingFields(lines).get('cache-status') ?? '';
  const own = parseList(value).at(-1)?.[1];
  return Object.entries(cacheStatus).flatMap(([name, expected]) => {
    const wanted =
      typeof expected === 'string' ? fillMacros(expected, values, Number.NaN) : expected;
    const got = own?.get(name);
    const plain = got === undefined ? null : typeof got === 'object' ? String(got) : got;
    return plain === wanted ? [] : [`Cache-Status: ${name} is ${plain}, not ${wanted} (${value})`];
  });
}

function checkUpstream(place: StepPlace, seen: readonly UpstreamObservation[]): string[] {
  const { from, upstream = {}, upstreamAgain } = place.step.expect;
  const problems: string[] = [];
  const requests = upstream.requests ?? (from === 'cache' ? 0 : from === 'edge' ? undefined : 1);
  if (requests !== undefined && seen.length !== requests) {
    problems.push(`the origin was asked ${seen.length} time(s), not ${requests}`);
  }
  if (from === 'validated' && !seen.some(({ answeredStatus }) => answeredStatus === 304)) {
    problems.push('the origin sent no 304');
  }
  problems.push(...checkAsked('upstream', place, seen[0], upstream));
  if (upstreamAgain !== undefined) {
    problems.push(...checkAsked('upstream, second request', place, seen[1], upstreamAgain));
  }
  return problems;
}

function checkAsked(
  whose: string,
  place: StepPlace,
  asked: UpstreamObservation | undefined,
  expected: UpstreamExpectation,
): string[] {
  const { method, path, body, headers, absent, version } = expected;
  const isChecked = [method, path, body, headers, absent, version].some(
    (field) => field !== undefined,
  );
  if (!isChecked) return [];
  if (asked === undefined) return [`${whose}: nothing was asked`];
  const problems = checkFields(whose, place, asked.lines, expected);
  if (method !== undefined && asked.method !== method) {
    problems.push(`${whose}: method is ${asked.method}, not ${method}`);
  }
  if (version !== undefined && asked.version !== version) {
    problems.push(`${whose}: version is ${asked.version}, not ${version}`);
  }
  if (path !== undefined && asked.target !== place.values.pathPrefix + path) {
    problems.push(`${whose}: target is ${asked.target}, not ${place.values.pathPrefix}${path}`);
  }
  if (body !== undefined && asked.body !== body) {
    problems.push(`${whose}: body is ${JSON.stringify(asked.body)}, not ${JSON.stringify(body)}`);
  }
  return problems;
}

function matches(value: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? value === expected : expected.test(value);
}
