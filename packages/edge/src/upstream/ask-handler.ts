import type { Duplex } from 'node:stream';

import { IncomingFields, type FieldLines } from '@poplet/policy';
import type { Dispatcher } from 'undici';
import { failureOf, isConnectionLoss, MalformedResponse, type FailureContext } from './failures.ts';
import { ReceivedBody } from './received-body.ts';
import type { AskOptions, UpstreamReply } from './upstream.ts';

/** What a handler needs to know of its connection, and tells it. */
export interface AskConnection {
  /** Whether it has carried an answer before. */
  isReused(): boolean;
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
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    const reason = abortReason(this.#options.signal);
    this.#body?.destroy(reason);
    this.#controller?.abort(reason);
    // Still queued: nobody need wait until its turn comes, when onRequestStart drops it.
    if (this.#controller === undefined) this.onResponseError(null, reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#isReused = this.connection?.isReused() ?? false;
    if (this.#options.signal.aborted) controller.abort(abortReason(this.#options.signal));
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
      this.#options.onInformational?.({ status, lines });
      return;
    }
    this.connection?.answered();
    const flaw = flawOf(status, statusText, lines);
    if (flaw !== undefined) {
      controller.abort(new MalformedResponse(flaw));
      return;
    }
    this.#body = new ReceivedBody(controller);
    const head = {
      kind: 'response',
      status,
      statusText,
      fields: new IncomingFields(lines),
    } as const;
    this.#resolve({ kind: 'response', head, body: this.#body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.feed(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#release();
    // undici takes a reset for the end of a body that has no other (RFC 9112 §8: it may be anywhere in it).
    if (this.connection?.wasReset() === true) {
      this.#body?.destroy(new Error('the connection was reset'));
      return;
    }
    this.#body?.finish(fieldLines(controller.rawTrailers));
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
      this.#body.destroy(new Error(failure.message, { cause: error }));
      return;
    }
    const isRetryable = this.#isReused && !this.#hasAnswerBegun && isConnectionLoss(error);
    this.#resolve({ kind: 'failure', failure, isRetryable });
  }

  #release(): void {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Longest reason phrase that is still for people. */
const MAX_REASON_BYTES = 8192;

/** What the parser lets through and no HTTP client should; undefined for a sound head. */
function flawOf(status: number, statusText: string, lines: FieldLines): string | undefined {
  // RFC 9110 §15: there are no codes outside 100 to 599.
  if (status > 599) return `the status ${status} is not one of HTTP`;
  if (statusText.length > MAX_REASON_BYTES)
    return `the status line is over ${MAX_REASON_BYTES} bytes`;
  // RFC 9112 §6.1: a coding that was not asked for, and cannot be taken off.
  const coding = new IncomingFields(lines).get('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return `Transfer-Encoding "${coding}" is not known`;
  return undefined;
}

function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Field lines with every byte kept: latin1, as node:http does. */
function fieldLines(raw: Dispatcher.DispatchController['rawHeaders']): FieldLines {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
