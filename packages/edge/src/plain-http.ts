import type { IncomingMessage } from 'node:http';

import { readRequest, reason } from '@poplet/policy';
import type { Problem } from './problem.ts';
import { localAuthorityOf } from './request-url.ts';

/**
 * What a request in plain HTTP to a port of HTTPS is told: to ask the same with the same method over TLS
 * (RFC 9110 §15.4.9); or what is wrong with it.
 */
export function plainHttpProblem(request: IncomingMessage): Problem {
  const read = readRequest({
    method: request.method ?? '',
    target: request.url ?? '',
    version: request.httpVersion,
    lines: request.rawHeaders,
    scheme: 'http',
    localAuthority: localAuthorityOf(request),
    clientAddress: undefined,
  });
  if (read.kind === 'malformed')
    return {
      status: read.status,
      reasons: [reason('malformed-request', { problem: read.problem })],
    };
  const { authority, target } = read.request;
  const path = target === '*' ? '' : target;
  const location = `https://${portKept(authority)}${path}`;
  return { status: 308, reasons: [reason('plain-http', { location })], location };
}

/** It is the same port that speaks HTTPS: where none is named it is 80 to http:, and 443 to https:. */
function portKept(authority: string): string {
  const port = /:(\d+)$/.exec(authority)?.[1];
  if (port === undefined) return `${authority}:80`;
  return port === '443' ? authority.slice(0, -':443'.length) : authority;
}
