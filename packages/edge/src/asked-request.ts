import { METHODS } from 'node:http';

import {
  IncomingFields,
  isFieldValue,
  isToken,
  PopletError,
  withoutFields,
  type PresentedRequest,
} from '@poplet/policy';
import type { ExplainRequest } from './edge-api.ts';
import type { EdgeContext } from './edge-context.ts';
import type { Site } from './site.ts';

/** RFC 9110 §9.2.1: what may be sent for the sake of an explanation. */
export const SENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function no(message: string, hint: string): PopletError {
  return new PopletError('invalid-option', message, { hint });
}

/** What the edge does not take, or takes for itself, has no explanation by the rules of caching. */
function mustBeExplicable(method: string): void {
  if (!isToken(method)) throw no(`${JSON.stringify(method)} is not a method`, 'GET, HEAD, POST …');
  if (method === 'PURGE') {
    throw no(
      'PURGE is not explained: it removes what is stored, where it is turned on, and is refused with 405 elsewhere',
      'purge with poplet purge; --purge-method turns it on',
    );
  }
  if (method === 'CONNECT') {
    throw no(
      'CONNECT asks for a proxy, and the edge is a gateway: it refuses with 405',
      'GET, HEAD, POST …',
    );
  }
  if (METHODS.includes(method)) return;
  // RFC 9110 §9.1: methods are case-sensitive.
  const meant = method.toUpperCase();
  throw no(
    `${method} is no method that the edge knows: it refuses such a request`,
    METHODS.includes(meant) ? `methods are written in capitals: ${meant}` : 'GET, HEAD, POST …',
  );
}

/** No content goes with the request, so nothing may announce any. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** The request that is to be explained, and whose it is. Throws PopletError `invalid-option`. */
export function requestOf(
  { url: text, method = 'GET', headers = {} }: ExplainRequest,
  edge: EdgeContext,
): { readonly site: Site; readonly request: PresentedRequest } {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!isHttp || url.username !== '' || url.password !== '') {
    throw new PopletError('invalid-option', `${JSON.stringify(text)} is not the URL of a page`, {
      hint: 'write it as a browser shows it: http://localhost:8080/data.json',
    });
  }
  mustBeExplicable(method);
  const site = edge.sites.forAuthority(url.host);
  if (site === undefined) {
    const hosts = edge.sites.all.flatMap((one) => one.hosts);
    throw new PopletError('invalid-option', `no site of this edge answers to ${url.host}`, {
      hint: `its hosts are: ${hosts.join(', ')}`,
    });
  }
  const request = requestFor(site.id, {
    method,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    authority: url.host,
    target: targetOf(text, url),
    fields: edge.withDefaults(new IncomingFields(['Host', url.host, ...linesOf(headers)])),
  });
  return { site: site.for(request), request };
}

/** A request of a site without content. Default: a GET. */
export function requestFor(
  siteId: string,
  asked: Pick<PresentedRequest, 'scheme' | 'authority' | 'target' | 'fields'> & {
    readonly method?: string;
  },
): PresentedRequest {
  return { siteId, method: 'GET', ...asked, hasContent: false, clientAddress: undefined };
}

/** As written, where a client can send it so: keys hold targets as they were sent. */
export function targetOf(text: string, url: URL): string {
  const written = /^https?:\/\/[^/?#]+(?<target>[^#]*)/iu.exec(text)?.groups?.['target'];
  const target =
    written === undefined || /[^!-~]/u.test(written) ? url.pathname + url.search : written;
  return target.startsWith('/') ? target : `/${target}`;
}

function linesOf(headers: ExplainRequest['headers'] & {}): readonly string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === 'string' ? [value] : value;
    if (!isToken(name) || name.toLowerCase() === 'host' || !values.every(isFieldValue)) {
      throw new PopletError('invalid-option', `the header ${JSON.stringify(name)} cannot be sent`, {
        hint:
          name.toLowerCase() === 'host'
            ? 'name the host in the URL'
            : 'write names and values as HTTP does: {"Accept-Language": "de"}',
      });
    }
    for (const one of values) lines.push(name, one);
  }
  return withoutFields(lines, FRAMING);
}
