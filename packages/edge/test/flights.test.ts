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

it('10,000 variants under one key cost a look-up each, not a scan', () => {
  const timeOf = (variants: number): number => {
    const flights = new Flights();
    const languages = Array.from({ length: variants }, (_, index) => fieldsIn(`x-${index}`));
    const beganMs = performance.now();
    for (const [index, fields] of languages.entries()) {
      flights.board(KEY, fields, BY_LANGUAGE);
      flights.list(flightFor(`x-${index}`), BY_LANGUAGE);
    }
    return performance.now() - beganMs;
  };
  // The best of several: whatever else the machine does can only make one slower.
  const bestOf = (variants: number): number =>
    Math.min(...Array.from({ length: 3 }, () => timeOf(variants)));
  // A scan would take 256 times as long for 16 times as many.
  expect(bestOf(32_000) / bestOf(2000)).toBeLessThan(64);
});
