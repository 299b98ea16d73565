import { Option } from 'commander';

import { PopletError } from '@poplet/policy';

/** Where a running `poplet` takes orders. */
export interface AdminOptions {
  readonly admin: string;
  readonly token?: string;
}

/** Options of every command that talks to a running edge. */
export function adminOptions(): readonly Option[] {
  return [
    new Option('--admin <url>', 'admin API of the running edge')
      .default('http://127.0.0.1:8081')
      .env('POPLET_ADMIN'),
    new Option('--token <token>', 'token, where the admin API asks for one').env('POPLET_TOKEN'),
  ];
}

/** A problem report of the admin API (RFC 9457). */
interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/**
 * Calls the admin API: GET without a body, POST with one. Throws PopletError `admin-unreachable` or
 * `admin-refused` with the API's own words.
 */
export async function callAdmin(
  options: AdminOptions,
  resource: string,
  body?: unknown,
): Promise<unknown> {
  const url = URL.parse(`/poplet/v1/${resource}`, options.admin);
  if (url === null)
    throw new PopletError('invalid-option', `${options.admin} is not a URL`, {
      hint: 'write it as http://127.0.0.1:8081',
    });
  const response = await ask(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
  }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  throw refusal(answer ?? {}, `${url.href} answered ${response.status}`, options);
}

/** The API's own words, and a hint for somebody who types commands. */
function refusal(
  { type = '', title, detail, hint = 'is that the admin API of poplet?' }: Problem,
  otherwise: string,
  { token }: AdminOptions,
): PopletError {
  const kind = type.replace(/^urn:poplet:problem:/u, '');
  const code = kind === 'store-away' ? 'store-away' : 'admin-refused';
  if (kind !== 'unauthorized') return new PopletError(code, detail ?? title ?? otherwise, { hint });
  return token === undefined
    ? new PopletError(code, 'the running edge asks for its token', {
        hint: 'it is the POPLET_TOKEN that the edge was started with: set that here, too, or give --token',
      })
    : new PopletError(code, 'the token is not that of the running edge', {
        hint: 'it must be the POPLET_TOKEN that the edge was started with; --token wins over the environment',
      });
}

/** Asks over TLS where the admin API wants it: with `--https` it speaks nothing else. */
async function ask(url: URL, request: RequestInit): Promise<Response> {
  if (url.protocol === 'https:') await trustLocalAuthority();
  const response = await fetch(url, { ...request, redirect: 'manual' });
  const location = response.status === 308 ? response.headers.get('location') : null;
  const secure = location === null ? null : URL.parse(location);
  // To the same host and port alone: the request may carry a token.
  if (secure?.protocol !== 'https:' || secure.host !== url.host) return response;
  return ask(secure, request);
}

/** Has this process trust the local authority as well, if there is one. Before anything is asked over TLS. */
export async function trustLocalAuthority(): Promise<void> {
  const [{ certificateFile }, { readFile }, tls] = await Promise.all([
    import('@poplet/certificates/file'),
    import('node:fs/promises'),
    import('node:tls'),
  ]);
  const certificate = await readFile(certificateFile(), 'utf8').catch(() => undefined);
  if (certificate === undefined) return;
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate]);
}

function unreachable({ origin }: URL, error: unknown): PopletError {
  const { code, message } = (error as { readonly cause?: NodeJS.ErrnoException }).cause ?? {};
  if (/CERT|ALTNAME|SIGNATURE|ISSUER/u.test(code ?? '')) {
    return new PopletError(
      'admin-unreachable',
      `${origin} shows a certificate that is not trusted: ${message}`,
      {
        hint: 'is it the poplet of another user? Name its CA: NODE_EXTRA_CA_CERTS=<file> poplet …',
        cause: error,
      },
    );
  }
  return new PopletError('admin-unreachable', `nothing answers at ${origin}`, {
    hint: 'start poplet first, or name its admin API with --admin (the ready line shows it)',
    cause: error,
  });
}
