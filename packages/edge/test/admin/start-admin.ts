import { onTestFinished } from 'vitest';
import { type AdminServerOptions, createAdminServer } from '../../src/admin/admin-server.ts';
import { type FakeEdge, fakeEdge } from './fake-edge.ts';

/** What a client got: JSON is parsed. */
interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests reach into answers of every shape
  readonly body: any;
}

export interface StartedAdmin {
  readonly edge: FakeEdge;
  readonly url: string;
  readonly port: number;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body: unknown) => Promise<Answer>;
  readonly request: (path: string, init: RequestInit) => Promise<Answer>;
}

/** An admin API on a free port, closed when the test ends. Paths are relative to `/poplet/v1/`. */
export async function startAdmin({
  edge = fakeEdge(),
  ...options
}: Partial<AdminServerOptions> & { readonly edge?: FakeEdge } = {}): Promise<StartedAdmin> {
  const admin = createAdminServer(edge, { port: 0, ...options });
  const { url, port } = await admin.listen();
  onTestFinished(() => admin.close());

  async function request(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(new URL(path, `${url}/poplet/v1/`), init);
    const text = await response.text();
    const type = response.headers.get('content-type');
    const isJson = type !== null && /\bapplication\/(?:\w+\+)?json\b/u.test(type);
    return {
      status: response.status,
      type,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  return {
    edge,
    url,
    port,
    request,
    get: (path) => request(path, {}),
    post: (path, body) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
}

/** What a problem looks like, save for its detail and hint. */
export function problem(code: string, status: number, detail: unknown): object {
  return {
    status,
    type: 'application/problem+json',
    body: { type: `urn:poplet:problem:${code}`, status, detail },
  };
}
