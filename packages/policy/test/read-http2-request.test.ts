import { describe, expect, it } from 'vitest';

import {
  readRequest,
  upstreamRequest,
  rfc9111,
  type PseudoFields,
  type RequestHead,
} from '../src/index.ts';

/** As a request for https://www.test/page arrives over TLS. */
function read(
  head: Partial<Omit<RequestHead, 'pseudo'>> = {},
  pseudo: Partial<PseudoFields> = {},
): ReturnType<typeof readRequest> {
  return readRequest({
    method: 'GET',
    target: '/page',
    version: '2',
    lines: ['host', 'www.test'],
    scheme: 'https',
    localAuthority: '127.0.0.1:8443',
    clientAddress: undefined,
    ...head,
    pseudo: { scheme: 'https', authority: 'www.test', hasContent: false, ...pseudo },
  });
}

function requestOf(result: ReturnType<typeof readRequest>): object {
  if (result.kind === 'malformed') throw new Error(result.problem);
  const { method, scheme, authority, target, receivedVersion, hasContent } = result.request;
  return { method, scheme, authority, target, receivedVersion, hasContent };
}

const PAGE = {
  method: 'GET',
  scheme: 'https',
  authority: 'www.test',
  target: '/page',
  receivedVersion: '2',
  hasContent: false,
};

describe('a request in HTTP/2', () => {
  it('is read from its pseudo-header fields', () => {
    expect(requestOf(read())).toEqual(PAGE);
  });

  it('has the authority of its Host where there is no other', () => {
    expect(requestOf(read({}, { authority: undefined }))).toEqual(PAGE);
  });

  it.each(['www.test', 'WWW.test:443', 'www.test:'])(
    'may have the Host %s beside the same :authority',
    (host) => {
      expect(requestOf(read({ lines: ['host', host] }))).toEqual(PAGE);
    },
  );

  it.each(['other.test', 'www.test:8443', 'www.test.', 'user@www.test', ''])(
    'is malformed with an :authority of its own, "%s"',
    (authority) => {
      expect(read({}, { authority })).toEqual({
        kind: 'malformed',
        status: 400,
        problem: `Host is "www.test" and :authority "${authority}"`,
      });
    },
  );

  it('is malformed without any host', () => {
    expect(read({ lines: [] }, { authority: undefined })).toEqual({
      kind: 'malformed',
      status: 400,
      problem: 'no Host field',
    });
  });

  it('is malformed with two Host fields', () => {
    expect(read({ lines: ['host', 'www.test', 'host', 'www.test'] })).toMatchObject({
      status: 400,
      problem: 'more than one Host field',
    });
  });

  it.each(['http', 'ftp', 'HTTPS'])('for %s: is misdirected', (scheme) => {
    expect(read({}, { scheme })).toEqual({
      kind: 'malformed',
      status: 421,
      problem: `the target is ${scheme}: but the connection is https:`,
    });
  });

  it.each(['https://www.test/page', 'http://other.test/', 'https://www.test'])(
    'is malformed with the :path %s',
    (target) => {
      expect(read({ target })).toEqual({
        kind: 'malformed',
        status: 400,
        problem: 'the :path is a URL',
      });
    },
  );

  it('has content where the stream goes on, whatever the fields say', () => {
    const lines = ['host', 'www.test', 'content-length', '0'];
    expect(requestOf(read({ lines }, { hasContent: true }))).toEqual({ ...PAGE, hasContent: true });
    const announced = ['host', 'www.test', 'content-length', '5'];
    expect(requestOf(read({ lines: announced }))).toEqual(PAGE);
  });

  it('is malformed as a TRACE with content', () => {
    expect(read({ method: 'TRACE' }, { hasContent: true })).toEqual({
      kind: 'malformed',
      status: 400,
      problem: 'a TRACE has no content',
    });
    expect(requestOf(read({ method: 'TRACE' }))).toEqual({ ...PAGE, method: 'TRACE' });
  });

  it('is named in Via by its version', () => {
    const result = read();
    if (result.kind === 'malformed') throw new Error(result.problem);
    const { lines } = upstreamRequest({
      request: { siteId: 'shop', ...result.request },
      ask: { kind: 'fill' },
      policy: rfc9111,
      hostHeader: 'viewer',
      upstreamAuthority: '127.0.0.1:3000',
      cdnInfo: 'poplet;id=a',
    });
    expect(lines[lines.indexOf('Via') + 1]).toBe('2 poplet');
  });
});

it('another version than 1.0, 1.1 and 2 is malformed', () => {
  expect(read({ version: '3' })).toEqual({
    kind: 'malformed',
    status: 400,
    problem: 'its version is HTTP/3, and only HTTP/1.1 is spoken here',
  });
});
