import {
  splitSearch,
  variantKeyOf,
  type FieldReader,
  type SelectionRule,
  type StoredResponse,
} from '@poplet/policy';
import type { Flight, FlightBody } from './flight.ts';

/** Rules remembered per key, newest first. */
const MAX_RULES = 8;

/** The flights under one primary key that a newcomer may share. Every look-up is by map, never a scan. */
interface Group {
  /** Learnt from heads, newest first. */
  readonly rules: SelectionRule[];
  /** Head unknown, and so is how requests under the key are told apart: one at a time, as the others wait for it. */
  readonly unplaced: Set<Flight>;
  /** Head unknown; by the variant its request stands for. */
  readonly pending: Map<string, Flight>;
  /** Head known and shareable; by the variant its response was stored as. */
  readonly arrived: Map<string, Flight>;
}

/** What there is for a newcomer. */
export type Boarding =
  | { readonly kind: 'none' }
  /** Its head is not known yet; it may turn out to fit. */
  | { readonly kind: 'wait'; readonly flight: Flight }
  /** It brings a response selected by this request. */
  | {
      readonly kind: 'follow';
      readonly flight: Flight;
      readonly body: FlightBody;
      readonly stored: StoredResponse;
    };

/** The upstream exchanges under way that simultaneous requests may share (RFC 9111 §4). */
export class Flights {
  readonly #groups = new Map<string, Group>();
  readonly #places = new Map<Flight, () => void>();

  readonly #underWay = new Set<Flight>();

  /** Upstream exchanges whose head, or whose body on its way into the store, is not complete; whether they can be joined or not. */
  get underWay(): number {
    return this.#underWay.size;
  }

  begun(flight: Flight): void {
    this.#underWay.add(flight);
  }

  ended(flight: Flight): void {
    this.#underWay.delete(flight);
    this.unlist(flight);
  }

  /** Ends every upstream exchange, whoever waits for it. */
  giveUpAll(why: Error): void {
    for (const flight of this.#underWay) flight.giveUp(why);
  }

  /** Lets newcomers find it; `indexRule` is the newest rule that the store knows for its key. */
  list(flight: Flight, indexRule: SelectionRule | undefined): void {
    const group = this.#groupFor(flight.primaryKey);
    const rule = group.rules[0] ?? indexRule;
    if (rule === undefined) {
      group.unplaced.add(flight);
      this.#places.set(flight, () => group.unplaced.delete(flight));
      return;
    }
    this.#place(flight, group.pending, placeOf(rule, flight.request.fields));
  }

  /** Its head proved shareable as `stored`: newcomers whose request selects that may follow it. */
  arrived(flight: Flight, { rule, variantKey }: StoredResponse): void {
    const group = this.#groups.get(flight.primaryKey);
    if (group === undefined || !this.#leavePlace(flight)) return;
    learn(group.rules, rule);
    this.#place(flight, group.arrived, `${rule.id}\n${variantKey}`);
  }

  /** No newcomer will find it; those who have joined stay. */
  unlist(flight: Flight): void {
    if (!this.#leavePlace(flight)) return;
    const group = this.#groups.get(flight.primaryKey);
    if (group === undefined) return;
    if (group.unplaced.size + group.pending.size + group.arrived.size === 0)
      this.#groups.delete(flight.primaryKey);
  }

  /**
   * After a purge of one URL: what began before it must not answer what comes after it. With
   * No-Vary-Search a purge reaches equivalent URLs too, so all queries of its path.
   */
  unlistUnder(primaryKey: string): void {
    const { path } = splitSearch(primaryKey);
    for (const [key, group] of this.#groups) {
      if (splitSearch(key).path !== path) continue;
      this.#groups.delete(key);
      for (const flights of [group.unplaced, group.pending.values(), group.arrived.values()]) {
        for (const flight of flights) this.#places.delete(flight);
      }
    }
  }

  /** After any other purge. */
  unlistAll(): void {
    this.#groups.clear();
    this.#places.clear();
  }

  /** What a request may join; `indexRule` is the newest rule that the store knows for its key. */
  board(primaryKey: string, fields: FieldReader, indexRule: SelectionRule | undefined): Boarding {
    const group = this.#groups.get(primaryKey);
    if (group === undefined) return { kind: 'none' };
    const rules = group.rules.length > 0 || indexRule === undefined ? group.rules : [indexRule];
    let waiting: Flight | undefined;
    for (const rule of rules) {
      const place = placeOf(rule, fields);
      const flight = group.arrived.get(place);
      const body = flight?.head?.body;
      if (flight !== undefined && body?.stored !== undefined && body.isJoinable()) {
        return { kind: 'follow', flight, body, stored: body.stored };
      }
      waiting ??= group.pending.get(place);
    }
    for (const flight of group.unplaced) {
      // RFC 9111 §4.1: where a rule is known, only a flight for the same variant is worth waiting for.
      const [rule] = rules;
      if (rule === undefined || placeOf(rule, fields) === placeOf(rule, flight.request.fields))
        waiting ??= flight;
    }
    return waiting === undefined ? { kind: 'none' } : { kind: 'wait', flight: waiting };
  }

  #groupFor(primaryKey: string): Group {
    let group = this.#groups.get(primaryKey);
    if (group === undefined) {
      group = { rules: [], unplaced: new Set(), pending: new Map(), arrived: new Map() };
      this.#groups.set(primaryKey, group);
    }
    return group;
  }

  #place(flight: Flight, places: Map<string, Flight>, place: string): void {
    places.set(place, flight);
    this.#places.set(flight, () => {
      // A later flight may have taken the place.
      if (places.get(place) === flight) places.delete(place);
    });
  }

  #leavePlace(flight: Flight): boolean {
    const leave = this.#places.get(flight);
    if (leave === undefined) return false;
    this.#places.delete(flight);
    leave();
    return true;
  }
}

function placeOf(rule: SelectionRule, fields: FieldReader): string {
  return `${rule.id}\n${variantKeyOf(rule, fields)}`;
}

function learn(rules: SelectionRule[], rule: SelectionRule): void {
  if (rules[0]?.id === rule.id) return;
  const known = rules.findIndex(({ id }) => id === rule.id);
  if (known !== -1) rules.splice(known, 1);
  rules.unshift(rule);
  if (rules.length > MAX_RULES) rules.pop();
}
