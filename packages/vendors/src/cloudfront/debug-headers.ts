import {
  isServedAtOnce,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ResponsePlan,
} from '@poplet/policy';

/** The edge location that answers. */
const POP = 'FRA56-P1';

/** cloudfront-x-cache: an error is one, wherever it came from. */
function wordOf({ outcome }: ExchangeFacts, { status }: ResponsePlan): string {
  if (status >= 400) return 'Error';
  if (isServedAtOnce(outcome)) return 'Hit';
  return outcome === 'revalidated' ? 'RefreshHit' : 'Miss';
}

function idOf({ id = '' }: PresentedRequest): string {
  return `${id}${id.slice(0, 22)}==`;
}

/** X-Cache, Via, X-Amz-Cf-Pop and X-Amz-Cf-Id. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: (exchange, answered): FieldLines => [
    'X-Cache',
    `${wordOf(exchange, answered)} from cloudfront`,
    'Via',
    '1.1 0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e.cloudfront.net (CloudFront)',
    'X-Amz-Cf-Pop',
    POP,
    'X-Amz-Cf-Id',
    idOf(exchange.request),
  ],
};

/** What the origin server is told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  return ['User-Agent', 'Amazon CloudFront', 'X-Amz-Cf-Id', idOf(request)];
}
