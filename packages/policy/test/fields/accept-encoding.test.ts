import { expect, test } from 'vitest';

import { acceptedCodings, AcceptedCodings } from '../../src/fields/accept-encoding.ts';
import { IncomingFields } from '../../src/headers.ts';

function accepting(acceptEncoding: string | undefined): AcceptedCodings {
  return new AcceptedCodings(acceptEncoding ?? '');
}

// RFC 9110 §12.5.3
test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'identity'],
  ['zstd', 'identity'],
  ['*', 'br'],
  ['gzip;q=1, *;q=0', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0.5,gzip;q=0.5', 'br'],
  ['br ; Q=0.2 , gzip ; q=0.300', 'gzip'],
  ['br;q=0, gzip;q=0', 'identity'],
  ['br;q=0, *', 'gzip'],
  ['identity', 'identity'],
  ['identity, br', 'br'],
  ['identity;q=1, br;q=0.5', 'identity'],
  ['gzip;q=0.001', 'gzip'],
  ['identity;q=0, gzip', 'gzip'],
  ['identity;q=0', null],
  ['*;q=0', null],
  ['*;q=0, identity', 'identity'],
  ['*;q=0, br;q=0.1', 'br'],
  ['deflate, identity;q=0', null],
  // Not as defined: as if it were not there.
  ['br;q=high, gzip', 'gzip'],
  ['br;q=2, gzip;q=0.1', 'gzip'],
])('Accept-Encoding: %s → %s', (acceptEncoding, expected) => {
  expect(accepting(acceptEncoding).choose(['br', 'gzip'])).toBe(expected);
});

test.each([
  [undefined, []],
  ['', []],
  ['br', ['br']],
  ['x-gzip, zstd;q=0.001, br;q=0', ['gzip', 'zstd']],
  ['*', ['gzip', 'br', 'zstd']],
  ['*;q=0.5, br;q=0', ['gzip', 'zstd']],
])('Accept-Encoding: %s accepts %j, and no coding', (acceptEncoding, expected) => {
  const accepted = accepting(acceptEncoding);
  expect((['gzip', 'br', 'zstd'] as const).filter((one) => accepted.accepts(one))).toEqual(
    expected,
  );
  expect(accepted.accepts('identity')).toBe(true);
});

test.each(['identity;q=0', '*;q=0', 'br, identity;q=0', 'identity;q=0, *;q=1', 'gzip, *;q=0'])(
  'Accept-Encoding: %s does not accept a body without a coding',
  (acceptEncoding) => {
    expect(accepting(acceptEncoding).accepts('identity')).toBe(false);
  },
);

test('the lines of the field are one list', () => {
  const lines = ['Accept-Encoding', 'br;q=0.5', 'Accept-Encoding', 'gzip, zstd;q=0.1'];
  const accepted = acceptedCodings(new IncomingFields(lines));
  expect(accepted).toEqual(new AcceptedCodings('br;q=0.5, gzip, zstd;q=0.1'));
  expect(accepted.choose(['zstd', 'br', 'gzip'])).toBe('gzip');
  expect(accepted.choose(['zstd', 'br'])).toBe('br');
});

test('without the field it is as if it were empty', () => {
  expect(acceptedCodings(new IncomingFields([]))).toEqual(new AcceptedCodings(''));
});
