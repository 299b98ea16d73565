import {
  askAgain,
  isAsking,
  MAX_RESUMES,
  reason,
  sharedTrailers,
  storedBytesOf,
  type AskingDecision,
  type Policy,
  type Reason,
  type SelectionRule,
  type Settlement,
} from '@poplet/policy';
import { StoreError } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { errorOf } from '../error-of.ts';
import { Flight, type FlightBody, type FlightHead } from '../flight.ts';
import { nextTurn } from '../next-turn.ts';
import type { Course } from './course.ts';
import { fetch, type Fetched, type FetchInput } from './fetch.ts';
import { passingBody } from './passing-body.ts';
import type { OpenedPart } from './arriving-part.ts';
import { settle } from './settle.ts';
import { pump, storeMetadata } from './store.ts';
import { WholeBody } from './whole-body.ts';

/** How newcomers find a flight. */
export interface Listing {
  readonly indexRule: SelectionRule | undefined;
}

type TakeOff = Pick<FetchInput, 'content'> & {
  readonly listing: Listing | undefined;
};

/** Begins an upstream exchange that belongs to no client. */
export function takeOff(
  { exchange, edge }: Course,
  decision: AskingDecision,
  options: TakeOff,
): Flight {
  const { request, primaryKey, site } = exchange;
  const { content, listing } = options;
  const { fill } = site.policy;
  const isFill = decision.kind !== 'pass' && decision.ask.kind !== 'as-is';
  const flight = new Flight({
    primaryKey,
    request,
    outlivesAudience: isFill && mayOutliveAudience(fill, edge.flights.underWay, edge),
  });
  // The answer to a HEAD that is asked as a HEAD is of no use to a GET.
  if (listing !== undefined && (request.method === 'GET' || fill.headAsGet))
    edge.flights.list(flight, listing.indexRule);
  const input: FetchInput = {
    site,
    request,
    decision,
    content,
    onInformational: (head) => flight.inform(head),
    signal: flight.signal,
  };
  edge.tasks.run('flight', async () => {
    edge.flights.begun(flight);
    try {
      await fly(flight, input, edge);
    } catch (error) {
      flight.crash(errorOf(error));
      throw error;
    } finally {
      edge.flights.ended(flight);
    }
  });
  return flight;
}

/** What nobody waits for any more goes on for the store's sake, unless so many others are under way. */
function mayOutliveAudience(
  { finishWhenAbandoned }: Policy['fill'],
  others: number,
  { limits }: EdgeContext,
): boolean {
  return finishWhenAbandoned && others < limits.exchanges;
}

/** fetch → settle → store. Resolves when the body is stored, or is the client's own. */
async function fly(flight: Flight, first: FetchInput, edge: EdgeContext): Promise<void> {
  const { primaryKey } = flight;
  const notes: Reason[] = [];
  let { decision } = first;
  for (let resumes = 0; ; resumes++) {
    const input: FetchInput = { ...first, decision };
    const fetched = await fetch(input, edge);
    const settled = await settle({ input, primaryKey, fetched }, edge);
    const { times } = settled;
    const part = await openPart(settled.settlement, edge);
    const settlement =
      part === 'gone' && decision.kind === 'complete'
        ? askAgain(decision, reason('part-gone'))
        : settled.settlement;
    notes.push(...fetched.notes);
    const again = settlement.answer.kind === 'again' ? settlement.answer.decision : undefined;
    if (again === undefined || !isAsking(again) || resumes === MAX_RESUMES) {
      const head = { outcome: fetched.outcome, settlement, times, notes };
      await arrive(
        flight,
        { fetched, head, input, part: part === 'gone' ? undefined : part },
        edge,
      );
      return;
    }
    fetched.body?.destroy();
    // What a 304 withdrew is gone before it is asked for anew.
    if (settlement.store.kind === 'remove') storeMetadata(settlement.store, edge);
    // The new decision repeats the reasons of the old one before its own.
    notes.push(...again.reasons.slice(decision.reasons.length));
    decision = again;
  }
}

/** Opens what an arriving part is joined to; `gone`: it was evicted or purged since it was found, or cannot be had. */
async function openPart(
  { store: action }: Settlement,
  { store }: EdgeContext,
): Promise<OpenedPart | 'gone' | undefined> {
  if (action.kind !== 'insert' || action.arriving === undefined) return undefined;
  const { splice } = action.arriving;
  if (splice === undefined) return { ...action.arriving, splice };
  const body = store.open(splice.base);
  if (body === undefined) return 'gone';
  try {
    await body.prepare?.();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return 'gone';
  }
  return { ...action.arriving, splice: { ...splice, body } };
}

interface Arrival {
  /** Set when the upstream sends a part only. */
  readonly part: OpenedPart | undefined;
  readonly fetched: Fetched;
  readonly head: Omit<FlightHead, 'body'>;
  readonly input: FetchInput;
}

/** The head is settled: those who wait go on, and the body goes where it belongs. */
async function arrive(
  flight: Flight,
  { fetched, head, input, part }: Arrival,
  edge: EdgeContext,
): Promise<void> {
  const { settlement } = head;
  const { body: received } = fetched;
  const { store: action, answer } = settlement;
  if (action.kind === 'insert' && received !== undefined) {
    const { policy } = input.site;
    for (const superseded of action.replaces) edge.store.remove(superseded);
    const writer = edge.store.begin(action.response);
    const announcedBytes = contentLengthOf(fetched);
    // Most bodies have come when their head is settled: no need to follow them.
    const whole = part === undefined ? received.whole() : undefined;
    const body: FlightBody = {
      source: whole === undefined ? writer : new WholeBody(whole),
      bodyBytes: part === undefined ? announcedBytes : storedBytesOf(part),
      // RFC 9110 §6.5: trailers are of one message, not of a body joined from several.
      trailers: () => (part?.splice === undefined ? received.trailers : []),
      stored: action.response,
      isJoinable: () => whole !== undefined || writer.abandoned === undefined,
    };
    flight.arrive({ ...head, body });
    if (settlement.sharing === 'shareable') edge.flights.arrived(flight, action.response);
    else edge.flights.unlist(flight);
    flight.outliveAudience(mayOutliveAudience(policy.fill, edge.flights.underWay - 1, edge));
    // Those who waited attach to the body before its first byte: it may turn out too large to keep.
    if (whole === undefined) await nextTurn();
    const landing = await pump(
      {
        body: received,
        writer,
        response: action.response,
        part,
        announcedBytes,
        mayBeIncomplete: action.mayBeIncomplete,
        fields: input.request.fields,
        limitBytes: policy.storability.maxBodyBytes,
        signal: flight.signal,
        trailers: () => sharedTrailers(received.trailers, action.response.fields, policy),
        onAbandoned: () => {
          edge.flights.unlist(flight);
          flight.outliveAudience(false);
        },
      },
      edge,
    );
    flight.land(landing);
    return;
  }
  const landing =
    action.kind === 'insert'
      ? { isStored: false, correction: undefined }
      : storeMetadata(action, edge);
  edge.flights.unlist(flight);
  const passing = answer.kind === 'upstream' ? received : undefined;
  if (passing === undefined) received?.destroy();
  flight.arrive({
    ...head,
    body: passing === undefined ? undefined : passingBody(passing, contentLengthOf(fetched)),
  });
  flight.land(landing);
  // A body that is only passed on is of no use without the client it is for.
  flight.outliveAudience(false);
}

/** RFC 9112 §6.2: the length that the upstream announced; the client library holds it to that. */
function contentLengthOf({ outcome }: Fetched): number | undefined {
  if (outcome.kind === 'failure') return undefined;
  const text = outcome.fields.get('content-length');
  return text !== undefined && /^\d+$/.test(text) && !outcome.fields.has('transfer-encoding')
    ? Number(text)
    : undefined;
}
