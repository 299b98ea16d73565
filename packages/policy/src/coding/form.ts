import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type { Conversion } from '../contracts/response-plan.ts';
import type { StoredCoding } from '../contracts/stored-response.ts';
import { acceptedCodings, type AcceptedCodings, type Coding } from '../fields/accept-encoding.ts';
import { parseEntityTagList, weakMatch, type EntityTag } from '../fields/etag.ts';
import { ifRangeHolds, type Validators } from '../preconditions.ts';
import { reason, type Reason } from '../reasons.ts';
import { requestDirectives } from '../request-directives.ts';
import { codabilityOf, type CodableResponse, type CodingChoice } from './codability.ts';
import { codedTag } from './coded-tag.ts';

/** In which coding a response goes out, and what follows from that. */
export interface BodyForm {
  /** What has to be done to the body; null: nothing. */
  readonly conversion: Conversion | null;
  /** Whether the form depends on Accept-Encoding. */
  readonly isNegotiated: boolean;
  readonly validators: Validators;
  /** Length of the body as it goes out; undefined where that is not known yet. */
  readonly bodyBytes: number | undefined;
  /** Whether Range may be applied to it. */
  readonly isRangeable: boolean;
  readonly reasons: readonly Reason[];
}

export interface FormInput extends CodableResponse {
  readonly request: PresentedRequest;
  /** Of the response as it is. */
  readonly validators: Validators;
  /** Codings of its body that are stored beside it; undefined: none. */
  readonly stored: readonly StoredCoding[] | undefined;
  /** Whether the client's conditions and ranges are applied here. */
  readonly appliesRequest: boolean;
  /** As many bodies are being compressed as may be at once. */
  readonly isBusy: boolean;
  readonly policy: Policy;
}

/**
 * The form in which a response is sent: by Accept-Encoding (RFC 9110 §12.5.3), what the client has
 * already (§13.1.2), and the range it asks for (§14.2).
 */
export function formOf(input: FormInput): BodyForm {
  const { request, policy, appliesRequest, status } = input;
  const { choice, why } = codabilityOf(input, policy);
  // A part in a coding: who does not accept that gets the whole in another.
  const isPartOfCoded =
    !input.isWhole && codedChoiceOf({ ...input, isWhole: true }, policy) !== null;
  if (choice === null && why === null) return asItIs(input, { isNegotiated: isPartOfCoded, why });
  const accepted = acceptedCodings(request.fields);
  // Who wants no coding need not be told why there is none.
  const isWished = accepted.choose(policy.coding.codings) !== 'identity';
  if (choice === null) return asItIs(input, { isNegotiated: false, why: isWished ? why : null });
  const { native, codings } = choice;
  const isNegotiated = native !== 'identity' || codings.length > 0;
  // RFC 9111 §5.2.1.6
  if (requestDirectives(request, policy.validation).noTransform)
    return asItIs(input, { isNegotiated, why: NO_TRANSFORM });
  const wanted = wantedOf(choice, accepted);
  const formIn = (coding: Coding): BodyForm =>
    coding === native ? asItIs(input, { isNegotiated, why: null }) : madeOf(input, native, coding);
  const best = formIn(wanted);
  if (appliesRequest && status === 200) {
    const acceptable = [native, ...codings, 'identity' as const].filter((one) =>
      accepted.accepts(one),
    );
    const forms = [best, ...acceptable.map(formIn)];
    const asked = heldByClient(request, forms) ?? inRange(request, forms);
    if (asked !== undefined) return asked;
  }
  const isMadeNow = best.conversion?.isStored === false;
  if (input.isBusy && isMadeNow && accepted.accepts(native))
    return asItIs(input, { isNegotiated, why: BUSY });
  if (wanted !== native || !isWished) return best;
  return { ...best, reasons: [reason('not-coded-already', { coding: native })] };
}

/**
 * Whether a client may be sent ranges of what is stored in a coding: it accepts that one, or nobody can make
 * another that it accepts. Without a coding they are of use to everybody.
 */
export function isOfUse(
  response: CodableResponse,
  request: PresentedRequest,
  policy: Policy,
): boolean {
  const choice = codedChoiceOf(response, policy);
  if (choice === null) return true;
  if (requestDirectives(request, policy.validation).noTransform) return true;
  const accepted = acceptedCodings(request.fields);
  return wantedOf(choice, accepted) === choice.native;
}

/** Null also where what is stored is in no coding. */
function codedChoiceOf(response: CodableResponse, policy: Policy): CodingChoice | null {
  const { choice } = codabilityOf(response, policy);
  return choice?.native === 'identity' ? null : choice;
}

const BUSY = reason('not-coded-busy');
const NO_RANGE = reason('not-coded-range');
const NO_TRANSFORM = reason('not-coded-no-transform', { by: 'request' });

/** What is coded already stays so for whoever accepts it; what nobody can make stays as it is. */
function wantedOf({ native, codings }: CodingChoice, accepted: AcceptedCodings): Coding {
  if (native !== 'identity' && accepted.accepts(native)) return native;
  return accepted.choose(codings) ?? native;
}

/** The form that the client has, by its very entity tag if it can be: a 304 is about that one (RFC 9110 §15.4.5). */
function heldByClient(
  { fields }: PresentedRequest,
  forms: readonly BodyForm[],
): BodyForm | undefined {
  const field = fields.get('if-none-match');
  if (field === undefined) return undefined;
  const tags = parseEntityTagList(field);
  if (tags === null || tags === '*') return undefined;
  const holding = (isHeld: (tag: EntityTag, other: EntityTag) => boolean): BodyForm | undefined =>
    forms.find(
      ({ validators: { etag } }) => etag !== null && tags.some((tag) => isHeld(tag, etag)),
    );
  return holding(isSameTag) ?? holding(weakMatch);
}

function isSameTag(tag: EntityTag, other: EntityTag): boolean {
  return tag.weak === other.weak && tag.opaque === other.opaque;
}

/**
 * The form that a range is cut out of: the body as it is, for whoever accepts that, else one that is
 * stored whole under a strong entity tag: parts of a body that is made anew each time may not fit together
 * (RFC 9110 §15.3.7.3).
 */
function inRange(request: PresentedRequest, forms: readonly BodyForm[]): BodyForm | undefined {
  if (request.method !== 'GET' || !request.fields.has('range')) return undefined;
  const fitting = forms.filter(
    ({ isRangeable, bodyBytes, validators }) =>
      isRangeable && bodyBytes !== undefined && ifRangeHolds(request, validators),
  );
  const unchanged = fitting.find(({ conversion }) => conversion === null);
  if (unchanged === undefined) return fitting[0];
  return unchanged === forms[0] ? unchanged : { ...unchanged, reasons: [NO_RANGE] };
}

function asItIs(
  { validators, bodyBytes }: FormInput,
  { isNegotiated, why }: { readonly isNegotiated: boolean; readonly why: Reason | null },
): BodyForm {
  const reasons = why === null ? [] : [why];
  return {
    conversion: null,
    isNegotiated,
    validators,
    bodyBytes,
    isRangeable: true,
    reasons,
  };
}

function madeOf({ validators, stored, policy }: FormInput, from: Coding, to: Coding): BodyForm {
  const kept = stored?.find(({ coding }) => coding === to);
  const isStored = kept !== undefined;
  const etag = codedTag(validators.etag, { coding: to, isStored }, policy.coding.etag);
  return {
    conversion: { from, to, isStored },
    isNegotiated: true,
    // RFC 9110 §8.8.2.2: a date does not tell one coding from another.
    validators: { ...validators, etag, isLastModifiedStrong: false },
    bodyBytes: kept?.bodyBytes,
    isRangeable: isStored && etag?.weak === false,
    reasons: [reasonFor(from, to, kept)],
  };
}

function reasonFor(from: Coding, to: Coding, kept: StoredCoding | undefined): Reason {
  if (to === 'identity') return reason('decoded', { coding: from });
  return kept === undefined
    ? reason('coded-on-the-way', { coding: to })
    : reason('coded-as-stored', { coding: to, bytes: kept.bodyBytes });
}
