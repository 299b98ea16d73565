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
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
  }).catch((error: unknown) => {
    throw new PopletError('admin-unreachable', `nothing answers at ${url.origin}`, {
      hint: 'start poplet first, or name its admin API with --admin (the ready line shows it)',
      cause: error,
    });
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  const problem = (answer ?? {}) as Problem;
  throw new PopletError(
    'admin-refused',
    problem.detail ?? problem.title ?? `${url.href} answered ${response.status}`,
    {
      hint: problem.hint ?? 'is that the admin API of poplet?',
    },
  );
}
