import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** One request as an origin server saw it. */
export interface OriginRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly via: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly range: string | undefined;
  readonly cookie: string | undefined;
  /** Null until the response is complete. */
  readonly status: number | null;
}

/** What arrives at an origin server of this process, seen by Node itself: nobody else's account is trusted. */
export interface OriginWitness {
  /** In the order of arrival. */
  readonly requests: readonly OriginRequest[];
  clear(): void;
  stop(): void;
}

const STARTED = 'http.server.request.start';
const FINISHED = 'http.server.response.finish';

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/** Watches the server that listens at `url`. */
export function watchOrigin(url: string): OriginWitness {
  const port = Number(new URL(url).port);
  const seen = new Map<IncomingMessage, OriginRequest>();

  function onStart(message: unknown): void {
    const { request, server } = message as Message;
    const address = server.address();
    if (address === null || typeof address === 'string' || address.port !== port) return;
    const { headers } = request;
    seen.set(request, {
      method: request.method ?? '',
      target: request.url ?? '',
      via: headers.via,
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
      range: headers.range,
      cookie: headers.cookie,
      status: null,
    });
  }

  function onFinish(message: unknown): void {
    const { request, response } = message as Message;
    const before = seen.get(request);
    if (before !== undefined) seen.set(request, { ...before, status: response.statusCode });
  }

  subscribe(STARTED, onStart);
  subscribe(FINISHED, onFinish);
  return {
    get requests() {
      return [...seen.values()];
    },
    clear() {
      seen.clear();
    },
    stop() {
      unsubscribe(STARTED, onStart);
      unsubscribe(FINISHED, onFinish);
    },
  };
}
