import type { Duplex } from 'node:stream';

import {
  endToEndTrailers,
  IncomingFields,
  type FieldLines,
  type InformationalHead,
} from '@poplet/policy';
import type { Dispatcher } from 'undici';
import { errorOf } from '../error-of.ts';
import {
  failureOf,
  isConnectionLoss,
  MalformedResponse,
  UpstreamTimeout,
  type FailureContext,
} from './failures.ts';
import { ReceivedBody } from './received-body.ts';
import type { AskOptions, UpstreamReply } from './upstream.ts';

/** What a handler needs to know of its connection, and tells it. */
export interface AskConnection {
  /** Whether it has carried an answer before. */
  isReused(): boolean;
  /** A request is about to be sent on it. */
  asking(): void;
  /** The status that the upstream wrote into an interim head, where undici was shown another. */
  interimStatusOf(parsed: number): number;
  /** A final head has arrived on it. */
  answered(): void;
  /** Whether the other side broke it off. */
  wasReset(): boolean;
}

/** One request's side of undici's low-level dispatch: raw header lines in, an `UpstreamReply` out. */
export class AskHandler implements Dispatcher.DispatchHandler {
  readonly #options: AskOptions;
  readonly #context: FailureContext;
  readonly #resolve: (reply: UpstreamReply) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #body: ReceivedBody | undefined;
  #hasAnswerBegun = false;
  #isReused = false;
  #fields = new IncomingFields([]);
  #informationalCount = 0;
  #informationalBytes = 0;
  /** Why it was given up before its turn came. */
  #givenUp: Error | undefined;
  #isSent = false;
  #timer: NodeJS.Timeout | undefined;
  /** The connection this goes over, once it is known. */
  connection: AskConnection | undefined;

  constructor(
    options: AskOptions,
    context: FailureContext,
    resolve: (reply: UpstreamReply) => void,
  ) {
    this.#options = options;
    this.#context = context;
    this.#resolve = resolve;
    this.#isSent = options.content === undefined;
    if (options.signal.aborted) this.#onAbort();
    else {
      options.signal.addEventListener('abort', this.#onAbort, { once: true });
      this.#allow(context.headMs, this.#onHeadLate);
    }
  }

  readonly #onAbort = (): void => {
    const reason = errorOf(this.#options.signal.reason);
    this.#body?.destroy(reason);
    this.#giveUp(reason);
  };

  #giveUp(reason: Error): void {
    if (this.#controller !== undefined) {
      this.#controller.abort(reason);
      return;
    }
    // Still queued: nobody need wait until its turn comes, when onRequestStart drops it.
    this.#givenUp = reason;
    this.onResponseError(null, reason);
  }

  /** So long, in real milliseconds, until something has to have happened; 0: for ever. */
  #allow(ms: number, onLate: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = ms === 0 ? undefined : setTimeout(onLate, ms);
  }

  readonly #onHeadLate = (): void => {
    const { content } = this.#options;
    const isClientsTurn = !this.#isSent && content?.readableLength === 0;
    if (this.#controller !== undefined && isClientsTurn) {
      this.#timer?.refresh();
      return;
    }
    // A request that no client of the pool has taken waits for another to end.
    const isQueued = this.connection === undefined;
    this.#giveUp(new UpstreamTimeout(isQueued ? 'POPLET_QUEUE_TIMEOUT' : 'POPLET_HEAD_TIMEOUT'));
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#isReused = this.connection?.isReused() ?? false;
    this.connection?.asking();
    if (this.#givenUp === undefined) this.#timer?.refresh();
    else controller.abort(this.#givenUp);
  }

  onBodySent(): void {
    if (this.#body === undefined) this.#timer?.refresh();
  }

  onRequestSent(): void {
    this.#isSent = true;
    // An answer may come before the end of what it answers.
    if (this.#body === undefined) this.#timer?.refresh();
  }

  onResponseStarted(): void {
    this.#hasAnswerBegun = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText = '',
  ): void {
    const lines = fieldLines(controller.rawHeaders);
    // RFC 9110 §15.2: any number of 1xx may come before the final response.
    if (status < 200) {
      this.#inform(controller, {
        status: this.connection?.interimStatusOf(status) ?? status,
        lines,
      });
      return;
    }
    this.connection?.answered();
    const flaw = flawOf(status, statusText, lines);
    if (flaw !== undefined) {
      controller.abort(new MalformedResponse(flaw));
      return;
    }
    const { bodyMs } = this.#context;
    this.#allow(this.#options.mayIdle ? 0 : bodyMs, () =>
      this.#giveUp(new UpstreamTimeout('POPLET_BODY_TIMEOUT')),
    );
    this.#body = new ReceivedBody(controller);
    this.#fields = new IncomingFields(lines);
    const head = { kind: 'response', status, statusText, fields: this.#fields } as const;
    this.#resolve({ kind: 'response', head, body: this.#body });
  }

  /** A client must bear any number of them; an upstream that never comes to the answer is at fault. */
  #inform(controller: Dispatcher.DispatchController, head: InformationalHead): void {
    this.#informationalCount += 1;
    for (const text of head.lines) this.#informationalBytes += text.length;
    if (
      this.#informationalCount > MAX_INFORMATIONAL ||
      this.#informationalBytes > MAX_INFORMATIONAL_BYTES
    ) {
      const bounds = `${MAX_INFORMATIONAL} or ${MAX_INFORMATIONAL_BYTES} bytes`;
      controller.abort(new MalformedResponse(`its interim responses are over ${bounds}`));
      return;
    }
    this.#options.onInformational?.(head);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.feed(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#release();
    // undici takes a reset for the end of a body that has no other (RFC 9112 §8: it may be anywhere in it).
    if (this.connection?.wasReset() === true) {
      this.#body?.fail(new Error('the connection was reset'));
      return;
    }
    this.#body?.finish(endToEndTrailers(fieldLines(controller.rawTrailers), this.#fields));
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _status: number,
    _headers: unknown,
    socket: Duplex,
  ): void {
    this.#release();
    this.#resolve({ kind: 'switched', lines: fieldLines(controller.rawHeaders), socket });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#release();
    const failure = failureOf(error, this.#context);
    if (this.#body !== undefined) {
      this.#body.fail(new Error(failure.message, { cause: error }));
      return;
    }
    const isRetryable = this.#isReused && !this.#hasAnswerBegun && isConnectionLoss(error);
    this.#resolve({ kind: 'failure', failure, isRetryable });
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Interim responses to one request, and the bytes of their fields. */
const MAX_INFORMATIONAL = 1000;
const MAX_INFORMATIONAL_BYTES = 64 * 1024;

/** Longest reason phrase that is still for people. */
const MAX_REASON_BYTES = 8192;

/** What the parser lets through and no HTTP client should; undefined for a sound head. */
function flawOf(status: number, statusText: string, lines: FieldLines): string | undefined {
  // RFC 9110 §15: there are no codes outside 100 to 599.
  if (status > 599) return `the status ${status} is not one of HTTP`;
  if (statusText.length > MAX_REASON_BYTES)
    return `the status line is over ${MAX_REASON_BYTES} bytes`;
  // RFC 9112 §6.1: a coding that was not asked for, and cannot be taken off.
  // DEVIATION(rfc9112#6.1): in HTTP/1.0 even chunked is a fault, behind which the connection is to be
  // closed; undici does not tell the version of a response.
  const coding = new IncomingFields(lines).get('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return `Transfer-Encoding "${coding}" is not known`;
  return undefined;
}

/** Field lines with every byte kept: latin1, as node:http does. */
function fieldLines(raw: Dispatcher.DispatchController['rawHeaders']): FieldLines {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
