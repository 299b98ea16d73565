// Which flight a request may share, without any network.

import {
  IncomingFields,
  StoredFields,
  type PresentedRequest,
  type SelectionRule,
  type StoredResponse,
} from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { Flight, type FlightHead } from '../src/flight.ts';
import { Flights } from '../src/flights.ts';

const KEY = 'default http://www.test/';
const BY_LANGUAGE: SelectionRule = { id: 'vary:accept-language', names: ['accept-language'] };
const ALL: SelectionRule = { id: 'all', names: [] };

function fieldsIn(language: string): IncomingFields {
  return new IncomingFields(['Accept-Language', language]);
}

function flightFor(language: string): Flight {
  const request = { fields: fieldsIn(language) } as PresentedRequest;
  return new Flight({ primaryKey: KEY, request, outlivesAudience: true });
}

/** The flight's head arrives: it is stored under this rule and variant. */
function arrive(
  flights: Flights,
  flight: Flight,
  stored: { rule: SelectionRule; variantKey: string },
  isJoinable = true,
): void {
  const response = {
    ...stored,
    primaryKey: KEY,
    fields: new StoredFields(''),
  } as unknown as StoredResponse;
  flight.arrive({
    body: { stored: response, isJoinable: () => isJoinable },
  } as unknown as FlightHead);
  flights.arrived(flight, response);
}

describe('before any head is known', () => {
  it('everyone waits for the one there is', () => {
    const flights = new Flights();
    const flight = flightFor('en');
    expect(flights.board(KEY, fieldsIn('de'), undefined)).toEqual({ kind: 'none' });
    flights.list(flight, undefined);
    expect(flights.board(KEY, fieldsIn('de'), undefined)).toEqual({ kind: 'wait', flight });
    expect(flights.board('default http://www.test/other', fieldsIn('de'), undefined)).toEqual({
      kind: 'none',
    });
  });

  it('nobody waits for another variant, where the index knows the rule', () => {
    const flights = new Flights();
    const flight = flightFor('en');
    flights.list(flight, BY_LANGUAGE);
    expect(flights.board(KEY, fieldsIn('en'), BY_LANGUAGE)).toEqual({ kind: 'wait', flight });
    expect(flights.board(KEY, fieldsIn('de'), BY_LANGUAGE)).toEqual({ kind: 'none' });
  });
});

describe('once a head has told the rule', () => {
  it('the same variant follows, another forms a flight, and those after it wait for that', () => {
    const flights = new Flights();
    const english = flightFor('en');
    flights.list(english, undefined);
    arrive(flights, english, { rule: BY_LANGUAGE, variantKey: 'accept-language=en\n' });
    expect(flights.board(KEY, fieldsIn('en'), undefined)).toMatchObject({
      kind: 'follow',
      flight: english,
    });
    expect(flights.board(KEY, fieldsIn('de'), undefined)).toEqual({ kind: 'none' });
    const german = flightFor('de');
    flights.list(german, undefined);
    expect(flights.board(KEY, fieldsIn('de'), undefined)).toEqual({ kind: 'wait', flight: german });
    expect(flights.board(KEY, fieldsIn('fr'), undefined)).toEqual({ kind: 'none' });
  });

  it('a body that cannot be read from its first byte any more is not followed', () => {
    const flights = new Flights();
    const flight = flightFor('en');
    flights.list(flight, undefined);
    arrive(flights, flight, { rule: ALL, variantKey: '' }, false);
    expect(flights.board(KEY, fieldsIn('en'), undefined)).toEqual({ kind: 'none' });
  });
});

describe('a flight that is not listed any more', () => {
  it.for([
    {
      after: 'it has landed',
      unlist: (flights: Flights, flight: Flight) => flights.unlist(flight),
    },
    { after: 'a purge of its key', unlist: (flights: Flights) => flights.unlistUnder(KEY) },
    { after: 'another purge', unlist: (flights: Flights) => flights.unlistAll() },
  ])('after $after, is not found, and does not come back with its head', ({ unlist }) => {
    const flights = new Flights();
    const flight = flightFor('en');
    flights.list(flight, undefined);
    unlist(flights, flight);
    expect(flights.board(KEY, fieldsIn('en'), undefined)).toEqual({ kind: 'none' });
    const next = flightFor('en');
    flights.list(next, undefined);
    arrive(flights, flight, { rule: ALL, variantKey: '' });
    expect(flights.board(KEY, fieldsIn('en'), undefined)).toEqual({ kind: 'wait', flight: next });
  });
});

/** Counts how often a request field is looked at: what a scan does for each flight that it passes. */
class CountedFields extends IncomingFields {
  static looks = 0;

  override lines(name: string): readonly string[] {
    CountedFields.looks += 1;
    return super.lines(name);
  }
}

it('10,000 variants under one key cost a look-up each, not a scan', () => {
  const looksFor = (variants: number): number => {
    const flights = new Flights();
    CountedFields.looks = 0;
    for (let index = 0; index < variants; index += 1) {
      const fields = new CountedFields(['Accept-Language', `x-${index}`]);
      expect(flights.board(KEY, fields, BY_LANGUAGE)).toEqual({ kind: 'none' });
      const request = { fields } as unknown as PresentedRequest;
      flights.list(new Flight({ primaryKey: KEY, request, outlivesAudience: true }), BY_LANGUAGE);
    }
    return CountedFields.looks;
  };
  const forFirst = looksFor(2000) - looksFor(1000);
  expect(forFirst).toBeGreaterThanOrEqual(1000);
  expect(looksFor(10_000) - looksFor(9000)).toBe(forFirst);
});
