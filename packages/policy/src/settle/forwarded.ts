import type { Answer, ExchangeTimes, UpstreamResponse } from '../contracts/settlement.ts';
import { hopByHopNames } from '../fields/connection.ts';
import { withoutFields } from '../headers.ts';
import { withDate } from '../stored-fields.ts';

/** RFC 9110 §7.6.1: the upstream's response without what belongs to its connection. */
export function forwarded(
  response: UpstreamResponse,
  times: ExchangeTimes,
  applyRequest: boolean,
): Answer {
  const lines = withoutFields(response.fields.toLines(), hopByHopNames(response.fields));
  const { status, statusText } = response;
  return {
    kind: 'upstream',
    status,
    statusText,
    lines: withDate(lines, times.responseAtMs),
    applyRequest,
  };
}
