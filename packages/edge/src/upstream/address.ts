import { PopletError } from '@poplet/policy';

/** Where an upstream listens, from the URL a person wrote. */
export interface UpstreamAddress {
  /** `https://example.com:8443`. */
  readonly origin: string;
  /** `host[:port]`, the scheme's default port left out. */
  readonly authority: string;
  /** Host without port and brackets. */
  readonly hostname: string;
}

/**
 * Reads an upstream's URL. Only an origin is accepted: a path would have to be added to every request
 * and taken off every Location and cookie path, and guessing at that breaks pages.
 * Throws PopletError `bad-upstream-url`.
 */
export function upstreamAddress(text: string): UpstreamAddress {
  const url = URL.parse(text);
  if (url === null || url.host === '') {
    throw new PopletError('bad-upstream-url', `"${text}" is not a URL`, {
      hint: 'write the address of a server with its scheme: http://localhost:3000',
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PopletError('bad-upstream-url', `"${text}" is neither http: nor https:`, {
      hint: 'an upstream is a server that speaks HTTP: http://localhost:3000',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new PopletError(
      'bad-upstream-url',
      'the URL of an upstream carries a user name or password',
      {
        hint: 'leave them out; the upstream gets the Authorization of each request',
      },
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new PopletError(
      'bad-upstream-url',
      `"${text}" has a path: an upstream is a whole server`,
      {
        hint: `use ${url.origin} and ask the edge for ${url.pathname}`,
      },
    );
  }
  return {
    origin: url.origin,
    authority: url.host,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
  };
}
