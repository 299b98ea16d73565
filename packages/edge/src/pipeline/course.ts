import { decide, type Decision, type EdgeState, type Found, type Reason } from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange, Presented } from '../exchange.ts';
import type { Flight } from '../flight.ts';
import type { Delivery, Story } from './deliver.ts';

/** Where one request stands between its rounds of lookup and decide. */
export interface Course {
  readonly exchange: Exchange;
  readonly edge: EdgeContext;
  /** Virtual instant of this round: of receipt, or of the end of a wait. */
  nowMs: number;
  /** Whether it goes to the upstream without waiting for, or being waited for by, others. */
  isAlone: boolean;
  /** Whether a flight that others began brought what will be served. */
  hasWaited: boolean;
  /** A flight it waited for and has not left yet: whoever may follow it keeps it going. */
  held: Flight | undefined;
  /** Failures of others' exchanges that it did not take for its own. */
  foreignFailures: number;
  /** The reasons of the first decision: why nothing could be served at once. */
  firstReasons: readonly Reason[] | undefined;
}

/** The client went away before there was anything to send it. */
export interface Gone {
  readonly kind: 'gone';
  readonly story: Story;
}

/** What one round led to; undefined: go round again. */
export type Step = Delivery | Gone | undefined;

/** What a decision reads of a course. */
export interface Standpoint extends Pick<Course, 'edge' | 'nowMs' | 'isAlone'> {
  readonly exchange: Presented;
}

/** The pure decision, given what was found and the state of the edge. */
export function decideFor({ exchange, edge, isAlone, nowMs }: Standpoint, found: Found): Decision {
  const { request, primaryKey, site } = exchange;
  const state = edgeStateFor(primaryKey, { found, nowMs }, edge);
  return decide({
    request,
    found,
    policy: site.policy,
    edge: { ...state, doNotCollapse: isAlone || state.doNotCollapse },
    nowMs,
  });
}

/** What the edge knows beside what is stored. */
export function edgeStateFor(
  primaryKey: string,
  { found, nowMs }: { readonly found: Found; readonly nowMs: number },
  { bypass, doNotCollapse, refreshHeldBack }: EdgeContext,
): EdgeState {
  return {
    bypass,
    doNotCollapse: doNotCollapse.has(primaryKey, nowMs),
    // A refresh belongs to what is refreshed, which may be stored for an equivalent query.
    refreshHeldBack: found.selected.some(({ response }) =>
      refreshHeldBack.has(response.primaryKey, nowMs),
    ),
  };
}

export type Ending = Pick<Story, 'outcome' | 'reasons'> & Partial<Story>;

/** The notes of the edge stand between what was decided and what came of it. */
export function storyOf({ exchange }: Pick<Standpoint, 'exchange'>, ending: Ending): Story {
  return {
    collapsed: false,
    upstreamStatus: null,
    askedUpstream: false,
    isStored: false,
    ...ending,
    reasons: [
      ...ending.reasons,
      ...exchange.notes.filter((note) => !ending.reasons.includes(note)),
    ],
  };
}
